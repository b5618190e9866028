// /servers/{id}/health-check, /servers/{id}/metrics/collect and /servers/{id}/health-history.
// Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/server_cache.h"

namespace muster {

class HealthHandlers {
 public:
  HealthHandlers(const ApiContext& context, ServerCache& records)
      : context_(context), records_(records) {}

  Answer check_now(const ApiRequest& request);
  Answer collect_now(const ApiRequest& request);
  Answer history(const ApiRequest& request);
  Answer explain(const ApiRequest& request);

 private:
  using Ask = Result<std::vector<CheckResult>> (CheckRequests::*)(OrganizationKey, ServerKey,
                                                                  std::chrono::milliseconds);
  Answer ask(const ApiRequest& request, Ask what, std::string_view nothing_to_ask);
  Answer checked(const ServerRecord& server, const std::vector<CheckResult>& results,
                 std::string_view nothing_to_ask) const;
  tl::expected<HealthHistoryQuery, Problem> read_query(const ApiRequest& request,
                                                       const ServerRecord& server) const;

  const ApiContext& context_;
  ServerCache& records_;
};

}  // namespace muster
