// The whole API on one page, by resource.
#include <iterator>

#include "aggregator/api/api.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

const std::string kFleet = "/api/v1/fleet";
const std::string kServer = kFleet + "/servers/{id}";
const std::string kGroup = kFleet + "/groups/{id}";

using R = const ApiRequest&;

// Of a route that takes no parameters: to name one is a mistake.
template <typename Handler>
auto no_query(Handler handler) {
  return [handler](R request) -> Answer {
    if (auto problem = QueryReader(request.query).finish()) return refuse(std::move(*problem));
    return handler(request);
  };
}

}  // namespace

std::vector<Route> Api::routes() {
  std::vector<Route> all = server_routes();
  for (auto more : {server_history_routes(), group_routes(), fleet_routes(), operation_routes(),
                    people_routes(), platform_routes(), daemon_routes()}) {
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

std::vector<Route> Api::server_routes() {
  return {
      {"GET", kFleet + "/servers", Access::kViewer, BodyKind::kNone,
       [this](R request) { return servers_.list(request); }},
      {"POST", kFleet + "/servers", Access::kAdmin, BodyKind::kJson,
       no_query([this](R request) { return servers_.create(request); })},
      {"POST", kFleet + "/servers/import", Access::kAdmin, BodyKind::kJsonLines,
       [this](R request) { return import_.import_servers(request); }},
      {"GET", kServer, Access::kViewer, BodyKind::kNone,
       no_query([this](R request) { return servers_.show(request); })},
      {"PATCH", kServer, Access::kAdmin, BodyKind::kMergePatch,
       no_query([this](R request) { return servers_.change(request); })},
      {"DELETE", kServer, Access::kAdmin, BodyKind::kNone,
       no_query([this](R request) { return servers_.remove(request); })},
      {"POST", kServer + "/rotate-token", Access::kAdmin, BodyKind::kOptionalJson,
       no_query([this](R request) { return servers_.rotate_token(request); })},
      {"POST", kServer + "/health-check", Access::kOperator, BodyKind::kNone,
       no_query([this](R request) { return health_.check_now(request); })},
      {"POST", kServer + "/metrics/collect", Access::kOperator, BodyKind::kNone,
       no_query([this](R request) { return health_.collect_now(request); })},
  };
}

std::vector<Route> Api::server_history_routes() {
  return {
      {"GET", kServer + "/explain", Access::kViewer, BodyKind::kNone,
       no_query([this](R request) { return health_.explain(request); })},
      {"GET", kServer + "/health-history", Access::kViewer, BodyKind::kNone,
       [this](R request) { return health_.history(request); }},
      {"GET", kServer + "/metrics", Access::kViewer, BodyKind::kNone,
       [this](R request) { return metrics_.show(request); }},
      {"GET", kServer + "/availability", Access::kViewer, BodyKind::kNone,
       [this](R request) { return availability_.show(request); }},
  };
}

std::vector<Route> Api::group_routes() {
  return {
      {"GET", kFleet + "/groups", Access::kViewer, BodyKind::kNone,
       [this](R request) { return groups_.list(request); }},
      {"POST", kFleet + "/groups", Access::kAdmin, BodyKind::kJson,
       no_query([this](R request) { return groups_.create(request); })},
      {"GET", kGroup, Access::kViewer, BodyKind::kNone,
       no_query([this](R request) { return groups_.show(request); })},
      {"PATCH", kGroup, Access::kAdmin, BodyKind::kMergePatch,
       no_query([this](R request) { return groups_.change(request); })},
      {"DELETE", kGroup, Access::kAdmin, BodyKind::kNone,
       no_query([this](R request) { return groups_.remove(request); })},
      {"GET", kGroup + "/servers", Access::kViewer, BodyKind::kNone,
       [this](R request) { return groups_.servers(request); }},
      {"DELETE", kGroup + "/servers/{server_id}", Access::kAdmin, BodyKind::kNone,
       no_query([this](R request) { return group_members_.remove_one(request); })},
      {"POST", kFleet + "/groups/members", Access::kAdmin, BodyKind::kLongJson,
       no_query([this](R request) { return group_members_.add(request); })},
      {"DELETE", kFleet + "/groups/members", Access::kAdmin, BodyKind::kLongJson,
       no_query([this](R request) { return group_members_.remove(request); })},
  };
}

std::vector<Route> Api::fleet_routes() {
  return {
      {"GET", kFleet + "/summary", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.show(request); }},
      {"GET", kFleet + "/overview", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.overview(request); }},
      {"GET", kFleet + "/events", Access::kViewer, BodyKind::kNone,
       [this](R request) { return events_.list(request); }},
      {"GET", kFleet + "/events/stream", Access::kViewer, BodyKind::kNone,
       [this](R request) { return events_.stream(request); }, "text/event-stream"},
  };
}

std::vector<Route> Api::people_routes() {
  return {
      {"GET", kFleet + "/me", Access::kViewer, BodyKind::kNone,
       [this](R request) { return sessions_.me(request); }},
      {"POST", kFleet + "/session", Access::kAnyone, BodyKind::kJson,
       [this](R request) { return sessions_.open(request); }},
      {"DELETE", kFleet + "/session", Access::kViewer, BodyKind::kNone,
       [this](R request) { return sessions_.close(request); }},
      {"GET", kFleet + "/tokens", Access::kAdmin, BodyKind::kNone,
       [this](R request) { return tokens_.list(request); }},
      {"POST", kFleet + "/tokens", Access::kAdmin, BodyKind::kJson,
       [this](R request) { return tokens_.create(request); }},
      {"GET", kFleet + "/tokens/{id}", Access::kAdmin, BodyKind::kNone,
       [this](R request) { return tokens_.show(request); }},
      {"DELETE", kFleet + "/tokens/{id}", Access::kAdmin, BodyKind::kNone,
       [this](R request) { return tokens_.revoke(request); }},
      {"GET", kFleet + "/audit", Access::kAdmin, BodyKind::kNone,
       [this](R request) { return audit_log_.list(request); }},
  };
}

std::vector<Route> Api::platform_routes() {
  return {
      {"GET", kFleet + "/organizations", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return organization_handlers_.list(request); }},
      {"POST", kFleet + "/organizations", Access::kPlatform, BodyKind::kJson,
       [this](R request) { return organization_handlers_.create(request); }},
      {"GET", kFleet + "/organizations/{id}", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return organization_handlers_.show(request); }},
      {"PATCH", kFleet + "/organizations/{id}", Access::kPlatform, BodyKind::kMergePatch,
       [this](R request) { return organization_handlers_.change(request); }},
      {"GET", kFleet + "/partitions", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return partitions_.list(request); }},
      {"GET", kFleet + "/plugins", Access::kPlatform, BodyKind::kNone,
       [this](R request) { return plugins_.list(request); }},
      {"DELETE", kFleet + "/plugins/{name}/quarantine", Access::kPlatform, BodyKind::kNone,
       no_query([this](R request) { return plugins_.lift_quarantine(request); })},
  };
}

std::vector<Route> Api::operation_routes() {
  const std::string all = kFleet + "/operations";
  return {
      {"GET", all, Access::kViewer, BodyKind::kNone,
       [this](R request) { return operations_.list(request); }},
      {"POST", all, Access::kOperator, BodyKind::kLongJson,
       no_query([this](R request) { return operations_.create(request); })},
      {"GET", all + "/{id}", Access::kViewer, BodyKind::kNone,
       no_query([this](R request) { return operations_.show(request); })},
      {"GET", all + "/{id}/targets", Access::kViewer, BodyKind::kNone,
       [this](R request) { return operations_.targets(request); }},
      {"POST", all + "/{id}/cancel", Access::kOperator, BodyKind::kNone,
       no_query([this](R request) { return operations_.cancel(request); })},
      {"POST", kFleet + "/health-check/all", Access::kOperator, BodyKind::kOptionalJson,
       no_query([this](R request) { return operations_.check_all(request); })},
  };
}

std::vector<Route> Api::daemon_routes() {
  const auto metrics_access =
      context_.settings.metrics_anonymous ? Access::kAnyone : Access::kViewer;
  return {
      {"GET", "/metrics", metrics_access, BodyKind::kNone,
       [this](R request) { return daemon_.metrics(request); }, "text/plain"},
      {"GET", kFleet + "/openapi.json", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return documents_.openapi(request); }},
      {"GET", "/docs", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return documents_.docs(request); }, "text/html"},
      {"GET", "/-/healthy", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.healthy(request); }},
      {"GET", "/-/ready", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return daemon_.ready(request); }},
  };
}

}  // namespace muster
