// Reads the metrics of one server in buckets of time, from the rollups and, for what is too young,
// from the readings themselves. Thread-safe: each call leases its own connection.
#pragma once

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/rollup/metrics_record.h"
#include "aggregator/storage/rollup_marks.h"
#include "common/model/standard_metrics.h"

namespace muster {

class MetricsHistory {
 public:
  MetricsHistory(ConnectionPool& pool, RollupSpan span) : pool_(pool), span_(span) {}

  Result<MetricsAnswer> read(OrganizationKey organization, const MetricsQuery& query);

 private:
  DbResult<MetricsAnswer> read_on(Connection& connection, OrganizationKey organization,
                                  const MetricsQuery& query) const;

  ConnectionPool& pool_;
  const RollupSpan span_;
};

}  // namespace muster
