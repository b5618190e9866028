// A clock that stands still until the test moves it. Both clocks move together; set_wall() makes
// the wall clock jump alone. Threads may read it while the test moves it.
#pragma once

#include <atomic>

#include "common/base/clock.h"

namespace muster::test {

class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  void advance(Duration by) {
    now_ = now_.load() + by;
    wall_ = wall_.load() + std::chrono::duration_cast<std::chrono::microseconds>(by);
  }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  std::atomic<TimePoint> now_{TimePoint(std::chrono::hours(1))};
  std::atomic<WallTime> wall_{WallTime(std::chrono::seconds(1'763'888'400))};
};

}  // namespace muster::test
