#include "aggregator/operations/rollout.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace muster {

Rollout::Rollout(Limits limits, std::vector<int> open) : limits_(limits), open_(std::move(open)) {
  skip_empty_waves();
}

int Rollout::may_start(TimePoint now) const {
  if (over() || now < hold_until_) return 0;
  const int waiting = open_[static_cast<std::size_t>(wave_)] - running_;
  return std::max(0, std::min(waiting, limits_.max_running - running_));
}

std::optional<TimePoint> Rollout::resumes() const {
  if (over() || running_ > 0 || hold_until_ == TimePoint::min()) return std::nullopt;
  return hold_until_;
}

void Rollout::ended(int wave, TimePoint now) {
  assert(running_ > 0 && open_[static_cast<std::size_t>(wave)] > 0);
  --running_;
  --open_[static_cast<std::size_t>(wave)];
  const int before = wave_;
  skip_empty_waves();
  if (wave_ != before && limits_.pause > Duration::zero()) hold_until_ = now + limits_.pause;
}

void Rollout::skip_empty_waves() {
  while (!over() && open_[static_cast<std::size_t>(wave_)] == 0) ++wave_;
}

}  // namespace muster
