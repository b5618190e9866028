// Lets one line a minute through for trouble that goes on, however many find it at once.
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>

namespace muster {

class LogGate {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds kPeriod{60};

  // Of those that see the minute over, the one that moves it on is let through.
  bool opens(Clock::time_point now = Clock::now()) {
    Clock::rep next = next_;
    const Clock::rep at = now.time_since_epoch().count();
    return at >= next && next_.compare_exchange_strong(next, at + Clock::duration(kPeriod).count());
  }

 private:
  std::atomic<Clock::rep> next_{0};
};

}  // namespace muster
