// Raises a flag once the object has been there for a while: whoever stops does not wait for what
// still hangs in the database by then. Used by [main].
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "common/base/stop_signal.h"

namespace muster {

class LastCall {
 public:
  LastCall(std::atomic<bool>& flag, std::chrono::milliseconds patience)
      : thread_([this, &flag, patience] {
          if (!over_.wait_for(patience)) flag = true;
        }) {}

  ~LastCall() {
    over_.give();
    thread_.join();
  }

 private:
  StopSignal over_;
  std::thread thread_;
};

}  // namespace muster
