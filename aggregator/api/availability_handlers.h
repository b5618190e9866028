// /servers/{id}/availability: how much of a time a server was well. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class AvailabilityHandlers {
 public:
  explicit AvailabilityHandlers(const ApiContext& context) : context_(context) {}

  Answer show(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster
