// Puts rows back that once fitted no partition and now do. What is too old, or ahead of its time,
// stays where it is and is counted. Free functions on the connection that they are given. [upkeep]
#pragma once

#include <map>
#include <string>

#include "aggregator/storage/connection.h"
#include "common/base/stop_signal.h"
#include "common/model/partition_policy.h"

namespace muster {

// As the writer names it in the column quarantine_reason.
inline constexpr std::string_view kOutsidePartitions = "outside of all partitions";

// In batches, each a transaction of its own. Returns the rows moved.
DbResult<std::int64_t> drain_quarantine(Connection& connection, const PartitionPolicy& policy,
                                        WallTime now, const StopSignal& stop);

// What is left, by why it stays: expired, future, uncovered, or refused for its data.
using QuarantineCounts = std::map<std::string, std::int64_t>;
DbResult<QuarantineCounts> count_quarantine(Connection& connection, const PartitionPolicy& policy,
                                            WallTime now);

}  // namespace muster
