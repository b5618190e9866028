// /servers/{id}/metrics: what one server measured, in buckets of time. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/server_cache.h"

namespace muster {

class MetricsHandlers {
 public:
  MetricsHandlers(const ApiContext& context, ServerCache& records)
      : context_(context), records_(records) {}

  Answer show(const ApiRequest& request);

 private:
  const ApiContext& context_;
  ServerCache& records_;
};

}  // namespace muster
