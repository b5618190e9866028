// Freezes partitions whose time is over, each once (`partition_frozen`), at the pace of autovacuum:
// pages that are frozen already are skipped, so an interrupted one goes on where it was. A free
// function on the connection that it is given. [upkeep]
#pragma once

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"
#include "common/base/stop_signal.h"

namespace muster {

// Until then results may still come from the spool or the quarantine; later ones do no harm.
inline constexpr std::chrono::hours kSettled{24};

// Of one table; how many it froze.
DbResult<std::int64_t> freeze_closed(Connection& connection, const PartitionedTable& table,
                                     WallTime now, const StopSignal& stop);

}  // namespace muster
