// /summary: the fleet of one organization in numbers. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class SummaryHandlers {
 public:
  explicit SummaryHandlers(const ApiContext& context) : context_(context) {}

  Answer show(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster
