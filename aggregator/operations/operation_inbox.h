// What comes to the thread `operations` from others: outcomes of targets, and calls to look at the
// database. Outlives the engine, because a late outcome may come at any time. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "aggregator/operations/operation_action.h"
#include "aggregator/storage/operation_journal.h"

namespace muster {

class OperationInbox {
 public:
  struct Arrival {
    OperationKey operation;
    int ordinal = 0;
    TargetOutcome outcome;
  };
  struct Content {
    std::vector<Arrival> arrivals;
    bool woken = false;
  };

  void push(Arrival arrival) {
    change([&] { content_.arrivals.push_back(std::move(arrival)); });
  }
  void wake() {
    change([&] { content_.woken = true; });
  }

  Content take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(content_, {});
  }

  // Until something is there, or the time is over.
  void wait_for(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return content_.woken || !content_.arrivals.empty(); });
  }

 private:
  template <typename Change>
  void change(Change&& make) {
    {
      const std::lock_guard lock(mutex_);
      make();
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Content content_;
};

}  // namespace muster
