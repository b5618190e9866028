#include "aggregator/api/health_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_history(const ApiRequest& request, const PageCursors& cursors) {
  QueryReader query(request.query);
  (void)read_history_range(query, WallTime(), 24h);
  (void)query.choice("status", check_status_from, "");
  (void)cursors.read(query, request, read_place);
  must_be_told_well(query);
}
