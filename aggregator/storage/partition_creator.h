// Makes the partitions that PartitionPlanner wants and the catalog does not have. Each in a short
// transaction of its own that takes no lock a reader or writer waits for. Decides by the bounds
// in the catalog, never by name. At start and then by PartitionWorker. [upkeep]
#pragma once

#include <vector>

#include "aggregator/storage/lock_retry.h"
#include "aggregator/storage/partition_catalog.h"
#include "common/model/partition_policy.h"

namespace muster {

struct PartitionReport {
  int created = 0;
  int blocked = 0;         // something else has the name: nothing was touched
  WallTime covered_until;  // the nearest end over all tables
};

class PartitionCreator {
 public:
  // For all tables, and no patience with locks.
  static Result<PartitionReport> run(
      Connection& connection, WallTime now,
      const std::vector<PartitionPolicy>& policies = default_partition_policies());

  // For one table. What is blocked is counted and does not stop the others.
  static DbResult<PartitionReport> cover(Connection& connection, const PartitionPolicy& policy,
                                         WallTime now, LockRetry& locks);

 private:
  static DbResult<void> create(Connection& connection, const PartitionedTable& table,
                               const TimeRange& range);
};

}  // namespace muster
