// /servers/{id}/metrics: what one server measured, in buckets of time. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class MetricsHandlers {
 public:
  explicit MetricsHandlers(const ApiContext& context) : context_(context) {}

  Answer show(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster
