// Until when a thread that has been told to stop may go on with what it has. Thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace muster {

class StopDeadline {
 public:
  using Clock = std::chrono::steady_clock;

  void set(std::chrono::milliseconds patience) {
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
      passes_at_ = Clock::now() + patience;
    }
    changed_.notify_all();
  }

  bool asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  bool passed() const {
    const std::lock_guard lock(mutex_);
    return Clock::now() >= passes_at_;
  }

  // Less long when it is set meanwhile: then there is something to try at once.
  void wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    const bool knew = asked_;
    changed_.wait_until(lock, std::min(Clock::now() + time, passes_at_),
                        [&] { return asked_ != knew; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  Clock::time_point passes_at_ = Clock::time_point::max();
};

}  // namespace muster
