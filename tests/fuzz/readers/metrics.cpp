#include "aggregator/api/metrics_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_metrics(const ApiRequest& request) {
  must_be_told_well(read_query(request, 1, WallTime()));
}
