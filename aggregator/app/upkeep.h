// Thread `upkeep`: what the database needs from time to time, on a connection of its own. Now:
// partitions made ahead, every hour, sooner again after a failure. Owned by the Aggregator.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "aggregator/storage/connection.h"
#include "common/base/clock.h"

namespace muster {

struct UpkeepCounters {
  std::atomic<std::int64_t> covered_until_unix_s{0};  // where the partitions end; 0: not known
  std::atomic<std::int64_t> last_success_unix_s{0};
  std::atomic<std::int64_t> failures{0};
};

class Upkeep {
 public:
  Upkeep(ConnectionSettings database, const Clock& clock);
  ~Upkeep();

  // One round at once, on the caller's thread: before ingestion opens.
  Result<void> run_once();
  void start();
  void stop();

  const UpkeepCounters& counters() const { return counters_; }

 private:
  void run();

  const ConnectionSettings database_;
  const Clock& clock_;
  UpkeepCounters counters_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace muster
