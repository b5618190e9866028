// Runs statements that need a lock which writers or readers may hold. Each gives up quickly itself,
// because whoever queues for a lock holds up all who come later, and is tried again after a pause.
// [upkeep]
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "aggregator/storage/db_error.h"
#include "common/base/histogram.h"
#include "common/base/stop_signal.h"

namespace muster {

class LockRetry {
 public:
  using Pauses = std::vector<std::chrono::milliseconds>;

  // `waits` takes how long each attempt lasted, in seconds. All three outlive the object.
  LockRetry(StopSignal& stop, Histogram& waits, Pauses pauses = usual_pauses());

  // The last outcome; 55P03 (no lock in time) and 40P01 (deadlock) are tried again.
  DbResult<void> run(const std::function<DbResult<void>()>& work);

  static Pauses usual_pauses();

 private:
  DbResult<void> attempt(const std::function<DbResult<void>()>& work);

  StopSignal& stop_;
  Histogram& waits_;
  const Pauses pauses_;
};

}  // namespace muster
