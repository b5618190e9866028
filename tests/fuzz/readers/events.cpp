#include "aggregator/api/event_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_events(const ApiRequest& request, const PageCursors& cursors) {
  QueryReader query(request.query);
  (void)read_listing(query, request, cursors);
  (void)read_last_seen(query, request);
  must_be_told_well(query);
}
