// /servers/{id}/health-check and /servers/{id}/health-history. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class HealthHandlers {
 public:
  explicit HealthHandlers(const ApiContext& context) : context_(context) {}

  Answer check_now(const ApiRequest& request);
  Answer history(const ApiRequest& request);

 private:
  Answer checked(const ServerRecord& server, const std::vector<CheckResult>& results) const;
  tl::expected<HealthHistoryQuery, Problem> read_query(const ApiRequest& request,
                                                       const ServerRecord& server) const;

  const ApiContext& context_;
};

}  // namespace muster
