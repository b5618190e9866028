// Takes results from the loops without blocking them; thread `spool` appends them to a segment on
// disk and, once they are safe there, hands them to the writer. While the writer cannot keep up
// they are only written, and read again later. While the disk fails they go on in memory alone.
// When the queue is nearly full there is no room, and no check is started; a result that still
// finds it full is dropped and counted. Owned by the Aggregator.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "aggregator/health/health_sink.h"
#include "aggregator/spool/backlog.h"
#include "aggregator/spool/live_batches.h"
#include "aggregator/spool/spool_counters.h"
#include "aggregator/spool/spool_directory.h"
#include "common/base/bounded_queue.h"
#include "common/base/log_gate.h"
#include "common/base/stop_signal.h"

namespace muster {

enum class WhenSpoolFull {
  kDropOldest,  // the oldest segment gives way
  kKeepOldest,  // new results are in memory alone
};

struct SpoolerSettings {
  std::size_t queue_rows = 100'000;
  std::size_t queue_bytes = std::size_t{32} << 20;  // as rows are in memory
  std::size_t batch_rows = 20'000;
  std::chrono::milliseconds sync_every{100};
  std::int64_t segment_bytes = 16 << 20;
  std::int64_t most_bytes = std::int64_t{2} << 30;
  WhenSpoolFull when_full = WhenSpoolFull::kDropOldest;
  std::chrono::milliseconds disk_retry{1'000};
};

class Spooler final : public HealthSink {
 public:
  Spooler(SpoolerSettings settings, SpoolDirectory& directory, LiveBatches& live, Backlog& backlog);
  ~Spooler() override;

  void start();
  void stop();  // what is queued is on disk when it returns

  void on_result(const CheckResult& result, const Verdict& verdict) override;  // [loop]
  bool has_room() const override;                                              // [any]

  SpoolCounters& counters() { return counters_; }
  const SpoolCounters& counters() const { return counters_; }
  std::size_t queued() const { return queue_.size(); }
  std::size_t queue_capacity() const { return queue_.capacity(); }

 private:
  using Instant = std::chrono::steady_clock::time_point;

  // While there is no segment: what takes its place in naming batches.
  struct MemorySegment {
    Uuid id = Uuid::random();
    std::int64_t end = 0;
  };

  void run();  // [spool], as all below
  std::vector<ResultRow> collect();
  std::vector<ResultRow> pop(std::size_t most, std::chrono::milliseconds patience);
  void keep(std::vector<ResultRow> rows);
  ResultBatch encode(std::vector<ResultRow> rows);
  bool put_on_disk(ResultBatch& batch);
  void put_in_memory(ResultBatch batch);
  void hand_over(ResultBatch batch);
  bool open_segment();
  bool begin_segment();
  void give_segment_up();
  void seal();
  void leave_on_disk(std::int64_t from);
  void catch_up();
  void make_room();
  bool is_full() const;
  void disk_failed(const Error& error);
  void not_durable(const std::string& why);
  void disk_works();
  void count_dropped();

  const SpoolerSettings settings_;
  SpoolDirectory& directory_;
  LiveBatches& live_;
  Backlog& backlog_;
  SpoolCounters counters_;
  BoundedQueue<ResultRow> queue_;
  std::thread thread_;
  StopSignal stop_;
  std::atomic<std::size_t> queued_bytes_{0};
  LogGate drop_log_;

  std::optional<SegmentWriter> segment_;
  std::optional<MemorySegment> memory_;  // set while the disk fails
  Instant next_try_{};
  Instant emptied_{};  // the queue: what is in it came later
  std::string records_;
  std::string payload_;
};

}  // namespace muster
