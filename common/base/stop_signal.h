// Tells a thread to end: it waits on the signal instead of sleeping, and asks it between steps.
// Owned by whoever stops the thread. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace muster {

class StopSignal {
 public:
  void give() {
    {
      const std::lock_guard lock(mutex_);
      given_ = true;
    }
    changed_.notify_all();
  }

  bool given() const { return given_; }
  const std::atomic<bool>& flag() const { return given_; }

  // True as soon as the signal is given, false when the time has passed without it.
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return given_.load(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> given_{false};
};

}  // namespace muster
