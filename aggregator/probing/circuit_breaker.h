// Stops asking a server that does not answer at all, and tries again ever more rarely until it
// does. Pure: told the time, knows no clock. One for each server; lives on the server's loop.
//
//   closed --failures in a row--> open --delay over--> half open --answer--> closed
//                                   ^----------no answer-----'  (delay doubled, up to the most)
#pragma once

#include <cstdint>
#include <random>

#include "common/base/clock.h"
#include "common/model/breaker.h"

namespace muster {

class CircuitBreaker {
 public:
  using State = BreakerState;

  State state() const { return state_; }

  // Whether a scheduled check may start now. Half open lets one through at a time.
  bool admits(TimePoint now);

  // `answered`: the server said anything at all, well or not. `decided`: its silence has been seen
  // often enough for its state to follow; until then it is asked on, or an outage would be hidden.
  void on_result(bool answered, bool decided, TimePoint now, const BreakerSettings& settings,
                 std::minstd_rand& random);

  // A trial that taught nothing, through no fault of the server's, is made again after the same
  // delay. Otherwise nothing changes.
  void put_off(TimePoint now);

 private:
  State state_ = State::kClosed;
  std::uint8_t failures_ = 0;
  std::chrono::milliseconds delay_{0};
  TimePoint next_trial_;
};

}  // namespace muster
