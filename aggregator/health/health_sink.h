// The output of the health stage: every result with the state it led to. Called on the server's
// loop; implementations must not block (they enqueue, or write under a short lock).
#pragma once

#include <optional>

#include "aggregator/health/probe_health.h"
#include "common/model/check_result.h"
#include "common/model/health_change.h"

namespace muster {

struct Verdict {
  HealthState state = HealthState::kUnknown;  // the server's, this result included
  WallTime since;
  std::optional<HealthChange> change;  // set when this result changed the state
  std::optional<ProbeHealth> probe;    // of this probe alone, when it affects the server's
};

class HealthSink {
 public:
  virtual ~HealthSink() = default;
  virtual void on_result(const CheckResult& result, const Verdict& verdict) = 0;

  // Whether there is room for more results than those that are under way; while there is not, no
  // check is started.
  virtual bool has_room() const { return true; }
};

}  // namespace muster
