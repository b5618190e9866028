// Where in its interval a check has its place: by a hash of server and probe, so that a fleet
// spreads evenly and keeps its places over restarts and reloads. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "common/base/uuid.h"

namespace muster {

// In [0, interval).
std::chrono::milliseconds phase_of(const Uuid& server, std::string_view probe,
                                   std::chrono::milliseconds interval);

// The first time after `after_ms` (Unix milliseconds) that is `phase` into an interval.
std::int64_t next_slot(std::int64_t after_ms, std::chrono::milliseconds phase,
                       std::chrono::milliseconds interval);

}  // namespace muster
