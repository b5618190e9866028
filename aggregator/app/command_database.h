// How a command reaches the daemon's database, embedded or not, as muster_owner. [main]
#pragma once

#include "aggregator/settings/settings.h"
#include "aggregator/storage/connection.h"

namespace muster {

// The embedded PostgreSQL must be running, that is, musterd.
Result<ConnectionSettings> command_database(const Settings& settings);

}  // namespace muster
