// Brings the changes of a batch to managed_servers and fleet_events. [writer]
#pragma once

#include <cstdint>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/result_row.h"

namespace muster {

// In the batch's transaction. A change whose slot is not newer than the server's last one is no
// change any more: neither the state moves nor is there an event. One that is not
// announced moves the state only. Returns those that counted.
DbResult<std::int64_t> write_state_changes(Connection& connection,
                                           const std::vector<ResultRow>& rows);

}  // namespace muster
