// The commands of one probe that are under way, so that none outlives it: when a daemon stops, its
// loops may be gone before their commands are. Any thread; owned by the probe.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_set>

#include "child.h"

namespace exec_probe {

class Children {
 public:
  Children() = default;
  // Nobody else uses them any more: the probe goes after its runs.
  ~Children() {
    for (const auto& child : running_) child->end();
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  void add(const std::shared_ptr<Child>& child) {
    const std::lock_guard lock(mutex_);
    running_.insert(child);
  }
  void remove(const std::shared_ptr<Child>& child) {
    const std::lock_guard lock(mutex_);
    running_.erase(child);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<Child>> running_;
};

}  // namespace exec_probe
