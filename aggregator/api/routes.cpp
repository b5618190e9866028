// The whole API on one page, by resource.
#include <iterator>

#include "aggregator/api/api.h"

namespace muster {
namespace {

const std::string kFleet = "/api/v1/fleet";
const std::string kServer = kFleet + "/servers/{id}";
const std::string kGroup = kFleet + "/groups/{id}";

using R = const ApiRequest&;

// The handler takes the query apart, with a QueryReader; elsewhere there is none.
Route reads_query(Route route) {
  route.query = QueryKind::kRead;
  return route;
}

Route by_its_body(Route route) {
  route.signs_in = true;
  return route;
}

// Scraped by programs that add parameters of their own.
Route of_the_daemon(Route route) {
  route.query = QueryKind::kIgnored;
  return route;
}

// Asked by whatever keeps us alive, so it is answered however it is asked, and however often.
Route sign_of_life(Route route) {
  route = of_the_daemon(std::move(route));
  route.produces.clear();
  route.metered = false;
  return route;
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
      reads_query({"GET", kFleet + "/servers", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return servers_.list(request); }}),
      {"POST", kFleet + "/servers", Access::kAdmin, BodyKind::kJson,
       [this](R request) { return servers_.create(request); }},
      reads_query({"POST", kFleet + "/servers/import", Access::kAdmin, BodyKind::kJsonLines,
                   [this](R request) { return import_.import_servers(request); }}),
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
      {"POST", kServer + "/metrics/collect", Access::kOperator, BodyKind::kNone,
       [this](R request) { return health_.collect_now(request); }},
  };
}

std::vector<Route> Api::server_history_routes() {
  return {
      {"GET", kServer + "/explain", Access::kViewer, BodyKind::kNone,
       [this](R request) { return health_.explain(request); }},
      reads_query({"GET", kServer + "/health-history", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return health_.history(request); }}),
      reads_query({"GET", kServer + "/metrics", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return metrics_.show(request); }}),
      reads_query({"GET", kServer + "/availability", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return availability_.show(request); }}),
  };
}

std::vector<Route> Api::group_routes() {
  return {
      reads_query({"GET", kFleet + "/groups", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return groups_.list(request); }}),
      {"POST", kFleet + "/groups", Access::kAdmin, BodyKind::kJson,
       [this](R request) { return groups_.create(request); }},
      {"GET", kGroup, Access::kViewer, BodyKind::kNone,
       [this](R request) { return groups_.show(request); }},
      {"PATCH", kGroup, Access::kAdmin, BodyKind::kMergePatch,
       [this](R request) { return groups_.change(request); }},
      {"DELETE", kGroup, Access::kAdmin, BodyKind::kNone,
       [this](R request) { return groups_.remove(request); }},
      reads_query({"GET", kGroup + "/servers", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return groups_.servers(request); }}),
      {"DELETE", kGroup + "/servers/{server_id}", Access::kAdmin, BodyKind::kNone,
       [this](R request) { return group_members_.remove_one(request); }},
      {"POST", kFleet + "/groups/members", Access::kAdmin, BodyKind::kLongJson,
       [this](R request) { return group_members_.add(request); }},
      {"DELETE", kFleet + "/groups/members", Access::kAdmin, BodyKind::kLongJson,
       [this](R request) { return group_members_.remove(request); }},
  };
}

std::vector<Route> Api::fleet_routes() {
  return {
      {"GET", kFleet + "/summary", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.show(request); }},
      {"GET", kFleet + "/overview", Access::kViewer, BodyKind::kNone,
       [this](R request) { return summary_.overview(request); }},
      reads_query({"GET", kFleet + "/events", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return events_.list(request); }}),
      reads_query({"GET", kFleet + "/events/stream", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return events_.stream(request); }, "text/event-stream"}),
  };
}

std::vector<Route> Api::people_routes() {
  return {
      {"GET", kFleet + "/me", Access::kViewer, BodyKind::kNone,
       [this](R request) { return sessions_.me(request); }},
      by_its_body({"POST", kFleet + "/session", Access::kAnyone, BodyKind::kJson,
                   [this](R request) { return sessions_.open(request); }}),
      {"DELETE", kFleet + "/session", Access::kViewer, BodyKind::kNone,
       [this](R request) { return sessions_.close(request); }},
      reads_query({"GET", kFleet + "/tokens", Access::kAdmin, BodyKind::kNone,
                   [this](R request) { return tokens_.list(request); }}),
      reads_query({"POST", kFleet + "/tokens", Access::kAdmin, BodyKind::kJson,
                   [this](R request) { return tokens_.create(request); }}),
      reads_query({"GET", kFleet + "/tokens/{id}", Access::kAdmin, BodyKind::kNone,
                   [this](R request) { return tokens_.show(request); }}),
      reads_query({"DELETE", kFleet + "/tokens/{id}", Access::kAdmin, BodyKind::kNone,
                   [this](R request) { return tokens_.revoke(request); }}),
      reads_query({"GET", kFleet + "/audit", Access::kAdmin, BodyKind::kNone,
                   [this](R request) { return audit_log_.list(request); }}),
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
       [this](R request) { return plugins_.lift_quarantine(request); }},
  };
}

std::vector<Route> Api::operation_routes() {
  const std::string all = kFleet + "/operations";
  return {
      reads_query({"GET", all, Access::kViewer, BodyKind::kNone,
                   [this](R request) { return operations_.list(request); }}),
      {"POST", all, Access::kOperator, BodyKind::kLongJson,
       [this](R request) { return operations_.create(request); }},
      {"GET", all + "/{id}", Access::kViewer, BodyKind::kNone,
       [this](R request) { return operations_.show(request); }},
      reads_query({"GET", all + "/{id}/targets", Access::kViewer, BodyKind::kNone,
                   [this](R request) { return operations_.targets(request); }}),
      {"POST", all + "/{id}/cancel", Access::kOperator, BodyKind::kNone,
       [this](R request) { return operations_.cancel(request); }},
      {"POST", kFleet + "/health-check/all", Access::kOperator, BodyKind::kOptionalJson,
       [this](R request) { return operations_.check_all(request); }},
  };
}

std::vector<Route> Api::daemon_routes() {
  const auto metrics_access =
      context_.settings.metrics_anonymous ? Access::kAnyone : Access::kViewer;
  return {
      of_the_daemon({"GET", "/metrics", metrics_access, BodyKind::kNone,
                     [this](R request) { return daemon_.metrics(request); }, "text/plain"}),
      {"GET", kFleet + "/openapi.json", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return documents_.openapi(request); }},
      {"GET", "/docs", Access::kAnyone, BodyKind::kNone,
       [this](R request) { return documents_.docs(request); }, "text/html"},
      sign_of_life({"GET", "/-/healthy", Access::kAnyone, BodyKind::kNone,
                    [this](R request) { return daemon_.healthy(request); }}),
      sign_of_life({"GET", "/-/ready", Access::kAnyone, BodyKind::kNone,
                    [this](R request) { return daemon_.ready(request); }}),
  };
}

}  // namespace muster
