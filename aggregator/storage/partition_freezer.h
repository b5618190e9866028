// Freezes partitions whose time is over, long before PostgreSQL has to: it would come to all of
// them at once, and stop for nobody. One a round and a few minutes at most, at the pace of
// autovacuum; what is frozen is skipped, so a large one goes on in the next round. Owned by the
// worker. [upkeep]
#pragma once

#include <map>
#include <string>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_catalog.h"

namespace muster {

class PartitionFreezer {
 public:
  // Until then results may still come from the spool or the quarantine. Later ones cost only that
  // the partition is frozen once more.
  static constexpr std::chrono::hours kSettled{24};
  // Transactions since it was frozen; PostgreSQL itself comes at 200 million.
  static constexpr std::int64_t kOldEnough = 1'000'000;

  explicit PartitionFreezer(std::int64_t old_enough = kOldEnough) : old_enough_(old_enough) {}

  // The oldest of a table's that are due; false when there is none.
  DbResult<bool> run(Connection& connection, const PartitionedTable& table, WallTime now);

 private:
  bool is_due(const Partition& partition, WallTime now) const;

  const std::int64_t old_enough_;
  // What somebody's long transaction keeps from becoming frozen is tried once a day.
  std::map<std::string, WallTime, std::less<>> frozen_at_;
};

}  // namespace muster
