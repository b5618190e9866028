// The query of a request as every listing reads it.
#pragma once

#include "aggregator/api/operation_listing.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/server_listing.h"
#include "tests/fuzz/readers/readers.h"

namespace muster::fuzz {

inline void read_listings(ApiRequest request, const PageCursors& cursors) {
  request.principal = Principal{};
  must_be_told_well(read_server_listing(request, cursors));
  must_be_told_well(read_operation_listing(request, cursors));
  must_be_told_well(read_target_listing(request, cursors));
  read_events(request, cursors);
  read_audit(request, cursors);
  read_groups(request, cursors);
  read_history(request, cursors);
  read_metrics(request);
}

}  // namespace muster::fuzz
