// Reads the custom metrics of one server in buckets of time, for MetricsHistory.
#pragma once

#include "aggregator/storage/rollup/metrics_record.h"
#include "aggregator/storage/rollup/rollup_query.h"

namespace muster {

// Adds the series that `query` asks for to `answer`, whose period is set.
DbResult<void> read_custom_series(Connection& connection, RollupSubject subject,
                                  const MetricsQuery& query, MetricsAnswer& answer);

}  // namespace muster
