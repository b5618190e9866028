#include "aggregator/api/audit_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_audit(const ApiRequest& request, const PageCursors& cursors) {
  QueryReader query(request.query);
  (void)read_scope(query, request);
  (void)read_listing(query, request, cursors);
  must_be_told_well(query);
}
