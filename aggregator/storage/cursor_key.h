// The key that signs the cursors of the API: made with the database, and the same for all daemons
// that share it. Read once at the start, as the owner.
#pragma once

#include "aggregator/storage/connection_pool.h"
#include "common/base/secret.h"

namespace muster {

Result<Secret> read_cursor_key(ConnectionPool& owners);

}  // namespace muster
