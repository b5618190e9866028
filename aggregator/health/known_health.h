// Where the state machine of a server goes on from after a restart: what the database held, and the
// changes that it had not been told yet. Pure.
#pragma once

#include "common/model/health_change.h"
#include "common/model/server.h"

namespace muster {

// A change that the database knew of already changes nothing. Call in the order of slots.
void go_on_from(const HealthChange& change, Server& server);

}  // namespace muster
