// Runs all component checks side by side when somebody asks, and keeps each outcome for a short
// while, so that many askers cost one run. Never waits longer than the longest timeout: a check
// that has not ended by then is reported as hanging and is not started again meanwhile.
// Thread-safe; owns one thread a check.
#pragma once

#include <memory>
#include <vector>

#include "agent-shim/check_worker.h"
#include "common/base/guarded.h"

namespace muster::shim {

class CheckRunner {
 public:
  CheckRunner(std::vector<CheckPlan> plans, std::chrono::milliseconds cache, const Clock& clock,
              const Interrupt& interrupt);

  std::vector<CheckOutcome> outcomes();  // in the order of the plans

 private:
  using Workers = std::vector<std::unique_ptr<CheckWorker>>;

  const std::chrono::milliseconds cache_;
  const Clock& clock_;
  Guarded<Workers> workers_;
};

}  // namespace muster::shim
