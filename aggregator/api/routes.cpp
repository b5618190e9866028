// The whole API on one page, by resource.
#include <iterator>

#include "aggregator/api/api.h"

namespace muster {
namespace {

const std::string kFleet = "/api/v1/fleet";
const std::string kServer = kFleet + "/servers/{id}";

using R = const ApiRequest&;

}  // namespace

std::vector<Route> Api::routes() {
  std::vector<Route> all = server_routes();
  for (auto more : {server_history_routes(), fleet_routes(), daemon_routes()}) {
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

std::vector<Route> Api::server_routes() {
  return {
      {"GET", kFleet + "/servers", Access::kViewer, BodyKind::kNone,
       [this](R request) { return servers_.list(request); }},
      {"POST", kFleet + "/servers", Access::kAdmin, BodyKind::kJson,
       [this](R request) { return servers_.create(request); }},
      {"GET", kServer, Access::kViewer, BodyKind::kNone,
       [this](R request) { return servers_.show(request); }},
      {"PATCH", kServer, Access::kAdmin, BodyKind::kMergePatch,
       [this](R request) { return servers_.change(request); }},
      {"DELETE", kServer, Access::kAdmin, BodyKind::kNone,
       [this](R request) { return servers_.remove(request); }},
      {"POST", kServer + "/rotate-token", Access::kAdmin, BodyKind::kOptionalJson,
       [this](R request) { return servers_.rotate_token(request); }},
      {"POST", kServer + "/health-check", Access::kOperator, BodyKind::kNone,
       [this](R request) { return health_.check_now(request); }},
  };
}

std::vector<Route> Api::server_history_routes() {
  return {
      {"GET", kServer + "/health-history", Access::kViewer, BodyKind::kNone,
       [this](R request) { return health_.history(request); }},
      {"GET", kServer + "/metrics", Access::kViewer, BodyKind::kNone,
       [this](R request) { return metrics_.show(request); }},
      {"GET", kServer + "/availability", Access::kViewer, BodyKind::kNone,
       [this](R request) { return availability_.show(request); }},
  };
}

std::vector<Route> Api::fleet_routes() {
  return {
      {"GET", kFleet + "/summary", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.show(request); }},
      {"GET", kFleet + "/partitions", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return partitions_.list(request); }},
      {"GET", kFleet + "/plugins", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return plugins_.list(request); }},
      {"DELETE", kFleet + "/plugins/{name}/quarantine", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return plugins_.lift_quarantine(request); }},
  };
}

std::vector<Route> Api::daemon_routes() {
  const auto metrics_access =
      context_.settings.metrics_anonymous ? Access::kAnyone : Access::kViewer;
  return {
      {"GET", "/metrics", metrics_access, BodyKind::kNone,
       [this](R request) { return daemon_.metrics(request); }},
      {"GET", "/-/healthy", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.healthy(request); }},
      {"GET", "/-/ready", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.ready(request); }},
  };
}

}  // namespace muster
