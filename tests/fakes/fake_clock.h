// A clock that stands still until the test moves it. Both clocks move together; set_wall() makes
// the wall clock jump alone.
#pragma once

#include "common/base/clock.h"

namespace muster::test {

class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  void advance(Duration by) {
    now_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
  }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  TimePoint now_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::seconds(1'763'888'400)};
};

}  // namespace muster::test
