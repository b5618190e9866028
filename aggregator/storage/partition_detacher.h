// Takes partitions out of their tables: those whose time is over, and those at which a crash or a
// timeout left the work half done. Before anything happens to a partition it has a row in
// partition_archive, so none can be forgotten. [upkeep]
#pragma once

#include <functional>

#include "aggregator/storage/archive_repository.h"
#include "aggregator/storage/lock_retry.h"
#include "common/base/clock.h"

namespace muster {

// Up to when all that is derived from a table's rows (rollups) is final, so that they may go.
using FinalisedUntil = std::function<DbResult<WallTime>(Connection&, const PartitionedTable&)>;

class PartitionDetacher {
 public:
  PartitionDetacher(const Clock& clock, LockRetry& locks) : clock_(clock), locks_(locks) {}

  void set_finalised_until(FinalisedUntil finalised) { finalised_until_ = std::move(finalised); }

  // Finishes what was interrupted.
  DbResult<void> recover(Connection& connection, const PartitionedTable& table);

  // Detaches what is older than the policy says. A blown fuse is a failure; see plan_retention().
  DbResult<void> expire(Connection& connection, const PartitionPolicy& policy, bool fuse = true);

 private:
  DbResult<void> settle(Connection& connection, const ArchiveRow& row,
                        const std::vector<Partition>& attached);
  DbResult<void> retire(Connection& connection, const PartitionedTable& table,
                        const Partition& partition);

  const Clock& clock_;
  LockRetry& locks_;
  FinalisedUntil finalised_until_;
};

}  // namespace muster
