// The times for which the fact tables have partitions, as far as the writer knows: each table has
// its own. Owned by PostgresBatchStore. [writer]
#pragma once

#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"

namespace muster {

class FactBounds {
 public:
  using Ranges = std::vector<TimeRange>;

  DbResult<void> read(Connection& connection);

  // Reads them again when a row has a time that we know no partition for: one may have come since.
  DbResult<void> read_for(Connection& connection, const std::vector<ResultRow>& rows);

  const Ranges& checks() const { return checks_; }
  const Ranges& metrics() const { return metrics_; }
  const Ranges& custom_metrics() const { return custom_metrics_; }

  bool takes_check_at(WallTime time) const;

 private:
  bool take_all_of(const ResultRow& row) const;

  Ranges checks_;
  Ranges metrics_;
  Ranges custom_metrics_;
};

}  // namespace muster
