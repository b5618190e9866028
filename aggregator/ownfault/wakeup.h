// Wakes a thread that waits in poll(): any thread rings, that one waits on fd(). Rings that come
// together are one. Thread-safe.
#pragma once

#include <sys/eventfd.h>

#include <atomic>
#include <cstdint>

#include "common/base/unique_fd.h"

namespace muster {

class Wakeup {
 public:
  Wakeup() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  int fd() const { return fd_.get(); }

  void ring() {
    if (!rung_.exchange(true)) ::eventfd_write(fd_.get(), 1);
  }

  // True when somebody rang since the last time.
  bool answer() {
    eventfd_t count = 0;
    ::eventfd_read(fd_.get(), &count);
    return rung_.exchange(false);
  }

 private:
  const UniqueFd fd_;
  std::atomic<bool> rung_{false};
};

}  // namespace muster
