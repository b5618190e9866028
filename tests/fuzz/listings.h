// The query of a request as every listing reads it.
#pragma once

#include "aggregator/api/operation_listing.h"
#include "aggregator/api/server_listing.h"
#include "tests/fuzz/readers/readers.h"

namespace muster::fuzz {

inline void read_listings(ApiRequest request) {
  request.principal = Principal{};
  must_be_told_well(read_server_listing(request));
  must_be_told_well(read_operation_listing(request));
  must_be_told_well(read_target_listing(request));
  read_events(request);
  read_audit(request);
  read_groups(request);
  read_history(request);
  read_metrics(request);
}

}  // namespace muster::fuzz
