// /summary and /overview: how the organization's servers are, all of them at once, from memory.
// Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/fleet_pages.h"
#include "aggregator/api/problem.h"

namespace muster {

class SummaryHandlers {
 public:
  explicit SummaryHandlers(const ApiContext& context) : pages_(context.live, context.clock) {}

  Answer show(const ApiRequest& request);
  Answer overview(const ApiRequest& request);

 private:
  FleetPages pages_;
};

}  // namespace muster
