// What the checks of one server share: its circuit breaker, and whether it is doubtful, that is,
// gave no answer when it was last asked. Doubtful servers hold their runs for a whole timeout, so
// each loop asks only so many of them at a time and they never take the others' places. Lives on
// the server's loop.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aggregator/ownfault/fleet_pulse.h"
#include "aggregator/probing/circuit_breaker.h"
#include "common/model/failure_reason.h"

namespace muster {

struct ServerContact {
  std::int64_t version = 0;  // of the server: a changed one is met without prejudice
  CircuitBreaker breaker;    // moved by the probes that decide health; the others obey it
  bool doubtful = false;
  FleetPulse::LastAnswer last_answer = 0;
};

// Results that say nothing of whether the server is there.
constexpr bool says_nothing(FailureReason reason) {
  return reason == FailureReason::kSelfOverload || reason == FailureReason::kCancelled ||
         reason == FailureReason::kAddressDenied || reason == FailureReason::kPlugin ||
         reason == FailureReason::kSelf;
}

struct DoubtfulBudget {  // of one loop
  std::size_t most = 1000;
  std::size_t in_flight = 0;
};

}  // namespace muster
