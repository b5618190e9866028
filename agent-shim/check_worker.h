// One component check with a thread of its own, so that a check that hangs holds up nobody else.
// start() and newest() are called under the runner's lock; the check runs on the worker's thread.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "agent-shim/check_outcome.h"
#include "agent-shim/component_check.h"
#include "common/base/bounded_queue.h"
#include "common/base/clock.h"

namespace muster::shim {

struct CheckPlan {
  std::string name;
  bool critical = true;
  std::chrono::milliseconds timeout{2000};
  std::unique_ptr<ComponentCheck> check;
};

class CheckWorker {
 public:
  CheckWorker(CheckPlan plan, const Clock& clock, const Interrupt& interrupt);
  ~CheckWorker();  // waits for a check under way
  CheckWorker(const CheckWorker&) = delete;
  CheckWorker& operator=(const CheckWorker&) = delete;

  struct Run {
    TimePoint started;
    std::shared_future<CheckOutcome> outcome;
    bool done() const;
  };

  // The run under way, or the last one; a new one when that is older than `cache`.
  Run current(std::chrono::milliseconds cache);

  // What to say while `run` does not come to its end.
  CheckOutcome hung(const Run& run) const;
  std::chrono::milliseconds timeout() const { return plan_.timeout; }

 private:
  void work();
  CheckOutcome check_now() const;

  const CheckPlan plan_;
  const Clock& clock_;
  const Interrupt& interrupt_;
  Run newest_;
  BoundedQueue<std::promise<CheckOutcome>> inbox_{1};
  std::thread thread_;
};

}  // namespace muster::shim
