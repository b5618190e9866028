// What the checks of one server share: its circuit breaker, and whether it is doubtful, that is,
// gave no answer when it was last asked. Doubtful servers hold their runs for a whole timeout, so
// each loop asks only so many of them at a time and they never take the others' places. Lives on
// the server's loop.
#pragma once

#include <cstddef>

#include "aggregator/probing/circuit_breaker.h"

namespace muster {

struct ServerContact {
  CircuitBreaker breaker;
  bool doubtful = false;
};

struct DoubtfulBudget {  // of one loop
  std::size_t most = 1000;
  std::size_t in_flight = 0;
};

}  // namespace muster
