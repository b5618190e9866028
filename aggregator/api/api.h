// The whole API from a request value to a response value, without a socket: route, authenticate,
// authorize, check the body's type, call the handler, shape problems. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/authenticator.h"
#include "aggregator/api/availability_handlers.h"
#include "aggregator/api/daemon_handlers.h"
#include "aggregator/api/health_handlers.h"
#include "aggregator/api/metrics_handlers.h"
#include "aggregator/api/partition_handlers.h"
#include "aggregator/api/plugin_handlers.h"
#include "aggregator/api/router.h"
#include "aggregator/api/server_handlers.h"
#include "aggregator/api/summary_handlers.h"

namespace muster {

class Api {
 public:
  explicit Api(ApiContext context);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  ApiResponse handle(ApiRequest request);

 private:
  std::vector<Route> routes();  // routes.cpp: the table on one page
  std::vector<Route> server_routes();
  std::vector<Route> server_history_routes();
  std::vector<Route> fleet_routes();
  std::vector<Route> daemon_routes();
  Answer dispatch(ApiRequest& request, const RouteMatch& match);
  std::optional<Problem> let_in(ApiRequest& request, Access access);
  std::optional<Problem> choose_organization(ApiRequest& request);

  const ApiContext context_;
  ServerHandlers servers_;
  HealthHandlers health_;
  MetricsHandlers metrics_;
  AvailabilityHandlers availability_;
  SummaryHandlers summary_;
  PartitionHandlers partitions_;
  PluginHandlers plugins_;
  DaemonHandlers daemon_;
  Authenticator authenticator_;
  const Router router_;
};

}  // namespace muster
