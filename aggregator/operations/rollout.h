// How far an operation is on its way through the waves, and so how many targets may be started. A
// wave begins when all targets of the one before have ended and the pause is over. Pure: it is told
// the time. One owner, no locks.
#pragma once

#include <optional>
#include <vector>

#include "common/base/clock.h"

namespace muster {

class Rollout {
 public:
  struct Limits {
    int max_running = 1;
    Duration pause{0};
  };

  // `open[w]`: targets of wave w that have not ended; of the running ones, started() tells next.
  Rollout(Limits limits, std::vector<int> open);

  // When going on: a wave that has not begun waits until then.
  void hold_until(TimePoint time) { hold_until_ = time; }

  int wave() const { return wave_; }
  bool over() const { return wave_ == static_cast<int>(open_.size()); }
  int running() const { return running_; }

  // How many targets of wave() may be started now, if as many wait.
  int may_start(TimePoint now) const;
  // When more may be started although nothing ends before: the pause is over.
  std::optional<TimePoint> resumes() const;

  void started(int targets) { running_ += targets; }
  void ended(int wave, TimePoint now);  // one target of this wave that was started

 private:
  void skip_empty_waves();

  Limits limits_;
  std::vector<int> open_;
  int wave_ = 0;
  int running_ = 0;
  TimePoint hold_until_ = TimePoint::min();
};

}  // namespace muster
