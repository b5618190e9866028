// What the daemon says of itself outside of /api: /metrics, /-/healthy, /-/ready. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class DaemonHandlers {
 public:
  explicit DaemonHandlers(const ApiContext& context) : context_(context) {}

  Answer metrics(const ApiRequest& request);
  Answer healthy(const ApiRequest& request);
  Answer ready(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster
