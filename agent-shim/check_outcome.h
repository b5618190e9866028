// What one run of a component check found. A value.
#pragma once

#include <string>

#include "common/base/clock.h"

namespace muster::shim {

struct CheckOutcome {
  std::string name;
  bool critical = true;  // unhealthy makes the whole server unhealthy; else only degraded
  bool healthy = false;
  std::string message;
  Duration latency{};
  TimePoint finished_at;
};

}  // namespace muster::shim
