// The statements that give a table a partition and take one from it. None takes a lock on the
// parent that its readers or writers wait for: made apart and attached, detached concurrently.
// Names are ours or quoted by PostgreSQL. Free functions on the connection that they are given.
// [upkeep]
#pragma once

#include <string>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"

namespace muster {

// Where the partition of a range is made, "public.server_health_checks_2026_11".
std::string partition_path(const PartitionedTable& table, const TimeRange& range);

// Both inside of a transaction: a table like the parent with a CHECK that proves its rows to be in
// range, and its way into the parent, which then needs no scan. 42P17: the range is not free.
DbResult<void> create_apart(Connection& connection, const PartitionedTable& table,
                            const TimeRange& range);
DbResult<void> attach(Connection& connection, const PartitionedTable& table,
                      const TimeRange& range);

// Outside of any transaction. Interrupted, it leaves the partition pending until it is finalized.
DbResult<void> detach(Connection& connection, const PartitionedTable& table,
                      const std::string& partition);
DbResult<void> finalize_detach(Connection& connection, const PartitionedTable& table,
                               const std::string& partition);

}  // namespace muster
