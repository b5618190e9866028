// How many servers answer and how many fell silent, over all loops and the last moments: what tells
// a server's fault from one that hit them all at once. Time is cut into windows; what counts is the
// present one with the one before. Told by the loops, read and turned by thread `canaries`;
// thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "aggregator/ownfault/wakeup.h"

namespace muster {

struct PulseCounts {
  std::uint32_t window = 1;        // the number of the present one
  std::int64_t answering = 0;      // servers that answered in one window, the fuller of the two
  std::int64_t answering_now = 0;  // in the present one
  std::int64_t lost = 0;        // servers that answered before and turned silent in one of the two
  std::int64_t overloaded = 0;  // results that we had no room for, in the two
  std::int64_t results = 0;     // of any kind, in the two
  std::int64_t answers = 0;     // results, ever
  std::int64_t silences = 0;
};

class FleetPulse {
 public:
  // What a loop remembers of one server for this: the window of its last answer; 0: none yet.
  using LastAnswer = std::uint32_t;
  // Of a server that answered before the daemon started, as far as the database remembers.
  static constexpr LastAnswer kExpected = 0xffff'ffff;

  // [loop]
  void answered(LastAnswer& last);
  // `turned`: the result before was an answer. Wakes the one who asks the canaries.
  void silent(LastAnswer last, bool turned);
  void overloaded();

  // [canaries]
  void turn();  // a window is over
  PulseCounts counts() const;
  Wakeup& wakeup() { return wakeup_; }

 private:
  struct Window {
    std::atomic<std::int64_t> answering{0};
    std::atomic<std::int64_t> lost{0};
    // [canaries] What there was before it.
    std::int64_t overloads_before = 0;
    std::int64_t results_before = 0;
  };

  Window& present() { return windows_[window_ % 2]; }
  std::int64_t results() const { return answers_ + silences_ + overloads_; }

  std::atomic<std::uint32_t> window_{1};
  std::array<Window, 2> windows_;
  std::atomic<std::int64_t> answers_{0};
  std::atomic<std::int64_t> silences_{0};
  std::atomic<std::int64_t> overloads_{0};
  Wakeup wakeup_;
};

}  // namespace muster
