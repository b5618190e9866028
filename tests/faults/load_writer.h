// A thread that copies batches into a table without a pause, as the writer does, and keeps count of
// what was accepted and how long the slowest batch took.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "aggregator/storage/connection.h"
#include "common/base/clock.h"
#include "common/base/rfc3339.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

class LoadWriter {
 public:
  // `time` is asked for the time of each batch.
  LoadWriter(const ConnectionSettings& database, int batch_rows, std::function<WallTime()> time)
      : batch_rows_(batch_rows),
        time_(std::move(time)),
        connection_(must(Connection::open(database))),
        thread_([this] { run(); }) {}
  ~LoadWriter() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  std::int64_t accepted() const { return accepted_; }
  std::int64_t refused() const { return refused_; }  // no partition any more (23514)
  std::int64_t failed() const { return failed_; }    // anything else
  std::int64_t batches() const { return batches_; }

  // Of one batch, since the last call.
  std::chrono::milliseconds longest() {
    return std::chrono::milliseconds(longest_us_.exchange(0) / 1000);
  }

 private:
  void run() {
    while (!stopping_) {
      const auto begin = std::chrono::steady_clock::now();
      const auto copied = connection_.copy_in(kCopy, batch(time_()));
      const std::chrono::microseconds took = std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::steady_clock::now() - begin);
      longest_us_ = std::max(longest_us_.load(), took.count());
      ++batches_;
      if (copied) {
        accepted_ += *copied;
      } else if (copied.error().sqlstate == "23514") {
        refused_ += batch_rows_;
      } else {
        failed_ += batch_rows_;
      }
    }
  }

  std::string batch(WallTime time) {
    const std::string at = to_rfc3339(time);
    std::string rows;
    for (int i = 0; i < batch_rows_; ++i) {
      rows += at + "\t0\t1\t" + std::to_string(++last_ % 1000) + "\t100\t1\t0\to\th\n";
    }
    return rows;
  }

  static constexpr const char* kCopy =
      "COPY server_health_checks (ts, detail_hash, org_id, server_key, duration_us, probe_id, "
      "reason, status, state) FROM STDIN";

  const int batch_rows_;
  const std::function<WallTime()> time_;
  Connection connection_;
  std::int64_t last_ = 0;
  std::atomic<std::int64_t> accepted_{0}, refused_{0}, failed_{0}, batches_{0};
  std::atomic<std::int64_t> longest_us_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace muster::test
