#include "common/plugin/probe_runtime.h"

namespace muster {

muster_run& ProbeRuntime::lend() {
  if (rested_.size() <= kRestingRuns) {
    runs_.push_back(std::make_unique<muster_run>(*this));
    return *runs_.back();
  }
  muster_run& run = *rested_.front();
  rested_.pop_front();
  return run;
}

void ProbeRuntime::take_back(muster_run& run) {
  rested_.push_back(&run);
}

}  // namespace muster
