// Makes the partitions that PartitionPlanner wants and the catalog does not have. Each in a short
// transaction of its own that takes no lock a reader or writer waits for. Decides by the bounds
// in the catalog, never by name. Called at start and then every hour. [maintenance]
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"

namespace muster {

// The ranges that a table's partitions cover now.
DbResult<std::vector<TimeRange>> partition_bounds(Connection& connection, const std::string& table);

struct PartitionReport {
  int created = 0;
  int blocked = 0;         // something else overlaps the range: nothing was touched
  WallTime covered_until;  // the nearest end over all tables
};

class PartitionCreator {
 public:
  static const std::vector<std::string>& tables();  // the partitioned ones

  static Result<PartitionReport> run(Connection& connection, WallTime now);

 private:
  static Result<void> cover(Connection& connection, const std::string& table, WallTime now,
                            PartitionReport& report);
  static DbResult<void> create(Connection& connection, const std::string& table,
                               const TimeRange& range);
};

}  // namespace muster
