#include "aggregator/api/group_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_groups(const ApiRequest& request, const PageCursors& cursors) {
  must_be_told_well(read_listing(request, cursors));
}
