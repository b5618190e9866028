// The state machine of one probe on one server. Pure: (state, what was observed) -> state.
#pragma once

#include <cstdint>
#include <optional>

#include "common/model/check_result.h"
#include "common/model/health_state.h"
#include "common/model/probe_spec.h"

namespace muster {

struct ProbeHealth {
  HealthState state = HealthState::kUnknown;
  bool decided = false;  // false: nothing is known, so the first observation decides
  HealthState leaning = HealthState::kUnknown;  // what the last observations say instead
  std::uint8_t streak = 0;                      // how many in a row said so
  bool blind = false;  // a fault of our own came between, and nothing has confirmed the state since
};

// How bad a state is; a server's state is the worst of its probes'.
int severity(HealthState state);

// The probe sees nothing for a while; what it knew stays, and is shown again once it is confirmed.
ProbeHealth blinded(ProbeHealth health);

// What a result says of the server; nothing when it is no evidence (we were overloaded, it limits
// requests, the run was cancelled), and then the state stays.
std::optional<HealthState> observed(const Finding& finding);

// A state that is worse is entered after `failures` observations in a row that are not as good as
// the present one, a better one after `successes` in a row that are better.
ProbeHealth observe(ProbeHealth health, HealthState observed, const Thresholds& thresholds);

}  // namespace muster
