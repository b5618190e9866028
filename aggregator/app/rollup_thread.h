// Thread `rollup`: keeps the rollups up to date, every five minutes, on a connection of its own.
// Where another daemon does so already, it only watches. Owned by the Aggregator.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "aggregator/storage/failure_counts.h"
#include "aggregator/storage/rollup/roller.h"
#include "common/base/clock.h"
#include "common/base/stop_signal.h"

namespace muster {

// One level of one rollup, as the last round left it.
struct RollupLevelReading {
  std::atomic<std::int64_t> upto_unix_s{0};  // 0: nothing is rolled up
  std::atomic<std::int64_t> dirty_buckets{0};
};

struct RollupReadings {
  std::map<std::string, RollupLevelReading> levels;  // "health_5m"; made once
  std::atomic<std::int64_t> last_success_unix_s{0};
  FailureCounts failures;
};

class RollupThread {
 public:
  RollupThread(ConnectionSettings database, RollupSpan span, const Clock& clock);
  ~RollupThread();

  void start();
  void stop();  // within a second, whatever it is doing

  const RollupReadings& readings() const { return readings_; }

 private:
  void run();
  DbResult<void> round();
  DbResult<void> read_levels();
  DbResult<void> open();

  const Clock& clock_;
  StopSignal stop_;
  const ConnectionSettings database_;
  const Roller roller_;
  RollupReadings readings_;
  std::optional<Connection> connection_;
  bool is_ours_ = false;  // nobody else rolls up
  std::thread thread_;
};

}  // namespace muster
