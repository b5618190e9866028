// /partitions: how the history lies in the database, what has gone to files, and how its upkeep
// goes. For the platform, as it shows no organization's data. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class PartitionHandlers {
 public:
  explicit PartitionHandlers(const ApiContext& context) : context_(context) {}

  Answer list(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster
