// A server went from one state to another; the result that it comes with says which server. A
// value, made by the health stage.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/model/failure_reason.h"
#include "common/model/health_state.h"

namespace muster {

struct HealthChange {
  HealthState from = HealthState::kUnknown;
  HealthState to = HealthState::kUnknown;
  FailureReason reason = FailureReason::kNone;
  std::string message;
  WallTime at;
  std::int64_t slot_ms = 0;  // orders changes of one server: a later slot wins
  bool announced = true;     // false: a fault of our own hid the server or gave it back; no event
};

}  // namespace muster
