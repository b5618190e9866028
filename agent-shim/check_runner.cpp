#include "agent-shim/check_runner.h"

namespace muster::shim {
using std::chrono::milliseconds;
namespace {

// A check ends its own waits at its timeout; this much later something else holds it.
constexpr milliseconds kGrace{250};

struct Pending {
  const CheckWorker* worker;
  CheckWorker::Run run;
};

}  // namespace

CheckRunner::CheckRunner(std::vector<CheckPlan> plans, milliseconds cache, const Clock& clock,
                         const Interrupt& interrupt)
    : cache_(cache), clock_(clock) {
  workers_.with([&](Workers& workers) {
    for (CheckPlan& plan : plans) {
      workers.push_back(std::make_unique<CheckWorker>(std::move(plan), clock, interrupt));
    }
  });
}

std::vector<CheckOutcome> CheckRunner::outcomes() {
  const auto pending = workers_.with([this](Workers& workers) {
    std::vector<Pending> started;
    for (auto& worker : workers) started.push_back({worker.get(), worker->current(cache_)});
    return started;
  });
  std::vector<CheckOutcome> outcomes;
  for (const auto& [worker, run] : pending) {
    const Duration left = run.started + worker->timeout() + kGrace - clock_.now();
    const bool ended = run.outcome.wait_for(left) == std::future_status::ready;
    outcomes.push_back(ended ? run.outcome.get() : worker->hung(run));
  }
  return outcomes;
}

}  // namespace muster::shim
