// Brings the changes of a batch to managed_servers and fleet_events. [writer]
#pragma once

#include <cstdint>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/connection.h"

namespace muster {

// In the batch's transaction. A change whose slot is not newer than the server's last one came
// late: it moves no state, but leaves its event, each slot only one. A change that is not announced
// moves the state only. Returns how many moved it.
DbResult<std::int64_t> write_state_changes(Connection& connection,
                                           const std::vector<ResultRow>& rows);

}  // namespace muster
