// The whole API on one page.
#include "aggregator/api/api.h"

namespace muster {

std::vector<Route> Api::routes() {
  const std::string fleet = "/api/v1/fleet";
  const std::string server = fleet + "/servers/{id}";
  const auto metrics_access =
      context_.settings.metrics_anonymous ? Access::kAnyone : Access::kViewer;
  using R = const ApiRequest&;
  return {
      {"GET", fleet + "/servers", Access::kViewer, BodyKind::kNone,
       [this](R request) { return servers_.list(request); }},
      {"POST", fleet + "/servers", Access::kAdmin, BodyKind::kJson,
       [this](R request) { return servers_.create(request); }},
      {"GET", server, Access::kViewer, BodyKind::kNone,
       [this](R request) { return servers_.show(request); }},
      {"PATCH", server, Access::kAdmin, BodyKind::kMergePatch,
       [this](R request) { return servers_.change(request); }},
      {"DELETE", server, Access::kAdmin, BodyKind::kNone,
       [this](R request) { return servers_.remove(request); }},
      {"POST", server + "/rotate-token", Access::kAdmin, BodyKind::kOptionalJson,
       [this](R request) { return servers_.rotate_token(request); }},
      {"POST", server + "/health-check", Access::kOperator, BodyKind::kNone,
       [this](R request) { return health_.check_now(request); }},
      {"GET", server + "/health-history", Access::kViewer, BodyKind::kNone,
       [this](R request) { return health_.history(request); }},
      {"GET", server + "/metrics", Access::kViewer, BodyKind::kNone,
       [this](R request) { return metrics_.show(request); }},
      {"GET", server + "/availability", Access::kViewer, BodyKind::kNone,
       [this](R request) { return availability_.show(request); }},
      {"GET", fleet + "/summary", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.show(request); }},
      {"GET", fleet + "/partitions", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return partitions_.list(request); }},
      {"GET", fleet + "/plugins", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return plugins_.list(request); }},
      {"DELETE", fleet + "/plugins/{name}/quarantine", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return plugins_.lift_quarantine(request); }},

      {"GET", "/metrics", metrics_access, BodyKind::kNone,
       [this](R request) { return daemon_.metrics(request); }},
      {"GET", "/-/healthy", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.healthy(request); }},
      {"GET", "/-/ready", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.ready(request); }},
  };
}

}  // namespace muster
