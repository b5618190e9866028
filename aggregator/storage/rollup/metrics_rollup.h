// The standard metrics in buckets. Of a gauge METRIC: METRIC_n (null: as many as samples), _sum,
// _min, _max, _last; of a counter: _increase, _seconds, _min and _max (a second), _last. Pure.
#pragma once

#include "aggregator/storage/rollup/rollup.h"
#include "common/model/standard_metrics.h"

namespace muster {

// With the columns of these metrics only, so that a query plans and reads no more than it needs.
Rollup metrics_rollup(const std::vector<StandardMetric>& metrics);

// With all of them.
const Rollup& metrics_rollup();

// SQL for how many readings of a gauge a bucket has.
std::string readings_of(const std::string& gauge);

}  // namespace muster
