// The whole API from a request value to a response value, without a socket: route, authenticate,
// limit the rate, authorize, check types, record what may change something, call the handler, shape
// problems. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/audit_handlers.h"
#include "aggregator/api/audit_trail.h"
#include "aggregator/api/authenticator.h"
#include "aggregator/api/availability_handlers.h"
#include "aggregator/api/daemon_handlers.h"
#include "aggregator/api/document_handlers.h"
#include "aggregator/api/event_handlers.h"
#include "aggregator/api/group_handlers.h"
#include "aggregator/api/group_member_handlers.h"
#include "aggregator/api/health_handlers.h"
#include "aggregator/api/idempotent_posts.h"
#include "aggregator/api/import_handlers.h"
#include "aggregator/api/metrics_handlers.h"
#include "aggregator/api/operation_handlers.h"
#include "aggregator/api/organization_directory.h"
#include "aggregator/api/organization_handlers.h"
#include "aggregator/api/partition_handlers.h"
#include "aggregator/api/plugin_handlers.h"
#include "aggregator/api/request_handler.h"
#include "aggregator/api/request_limits.h"
#include "aggregator/api/router.h"
#include "aggregator/api/server_cache.h"
#include "aggregator/api/server_handlers.h"
#include "aggregator/api/session_handlers.h"
#include "aggregator/api/summary_handlers.h"
#include "aggregator/api/token_handlers.h"

namespace muster {

class Api final : public RequestHandler {
 public:
  explicit Api(ApiContext context);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  tl::expected<BodyPlan, ApiResponse> admit(ApiRequest head) override;
  ApiResponse handle(ApiRequest request) override;

  std::vector<Route> routes();  // routes.cpp: the table on one page

 private:
  std::vector<Route> server_routes();
  std::vector<Route> server_history_routes();
  std::vector<Route> group_routes();
  std::vector<Route> fleet_routes();
  std::vector<Route> people_routes();
  std::vector<Route> platform_routes();
  std::vector<Route> operation_routes();
  std::vector<Route> daemon_routes();
  tl::expected<RouteMatch, Problem> route(ApiRequest& request) const;
  std::optional<Problem> check_head(ApiRequest& request, const RouteMatch& match);
  Answer dispatch(ApiRequest& request, const RouteMatch& match);
  std::optional<Problem> let_in(ApiRequest& request, const RouteMatch& match);
  std::optional<Problem> identify(ApiRequest& request, tl::expected<Principal, Problem> principal);
  std::optional<Problem> sign_in(ApiRequest& request);
  std::optional<Problem> choose_organization(ApiRequest& request, bool needs_one);
  ApiResponse finished(const ApiRequest& request, const RouteMatch& match, Answer answer,
                       TimePoint start) const;

  const ApiContext context_;
  OrganizationDirectory organizations_;
  Authenticator authenticator_;
  RequestLimits limits_;
  AuditTrail audit_;
  IdempotentPosts idempotency_;
  ServerCache records_;
  ServerHandlers servers_;
  ImportHandlers import_;
  GroupHandlers groups_;
  GroupMemberHandlers group_members_;
  HealthHandlers health_;
  MetricsHandlers metrics_;
  AvailabilityHandlers availability_;
  SummaryHandlers summary_;
  OperationHandlers operations_;
  PartitionHandlers partitions_;
  PluginHandlers plugins_;
  DaemonHandlers daemon_;
  TokenHandlers tokens_;
  SessionHandlers sessions_;
  OrganizationHandlers organization_handlers_;
  AuditHandlers audit_log_;
  EventHandlers events_;
  DocumentHandlers documents_;
  const Router router_;
};

}  // namespace muster
