// The end of the pipeline: takes results from the loops without blocking them and has them stored
// in batches by thread `writer`. When the queue is nearly full there is no room, and no check is
// started; a result that still finds it full is dropped and counted. While the database is away the
// batch in hand is kept and offered again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "aggregator/health/health_sink.h"
#include "aggregator/storage/batch_store.h"
#include "aggregator/storage/writer_counters.h"
#include "common/base/backoff.h"
#include "common/base/bounded_queue.h"
#include "common/base/clock.h"

namespace muster {

struct ResultWriterSettings {
  std::size_t queue_rows = 200'000;
  std::size_t batch_rows = 5'000;
  std::chrono::milliseconds batch_delay{1'000};
  std::chrono::milliseconds first_retry{200};
  std::chrono::milliseconds most_retry{10'000};
  std::chrono::milliseconds stop_patience{10'000};  // for what is queued when we stop
};

class ResultWriter final : public HealthSink {
 public:
  ResultWriter(ResultWriterSettings settings, std::unique_ptr<BatchStore> store,
               const Clock& clock);
  ~ResultWriter() override;

  void start();
  void stop();  // stores what is queued, within stop_patience

  void on_result(const CheckResult& result, const Verdict& verdict) override;  // [loop]
  bool has_room() const override;                                              // [any]

  const WriterCounters& counters() const { return counters_; }
  std::size_t queued() const { return queue_.size(); }
  std::size_t queue_capacity() const { return queue_.capacity(); }

 private:
  void run();    // [writer]
  void hurry();  // [loop]
  std::vector<ResultRow> collect();
  void write(std::vector<ResultRow> rows);
  void write_halves(std::vector<ResultRow> rows);
  void put_aside(ResultBatch batch, const DbError& why);
  DbResult<StoredBatch> store_with_patience(const ResultBatch& batch);
  bool may_retry();  // sleeps for the backoff; false when it is time to give up
  bool out_of_time();
  void count_lost(std::size_t rows, const std::string& why);
  void count(const StoredBatch& stored);
  void count_dropped();

  const ResultWriterSettings settings_;
  const std::unique_ptr<BatchStore> store_;
  const Clock& clock_;
  WriterCounters counters_;
  BoundedQueue<ResultRow> queue_;
  Backoff backoff_;
  std::int64_t last_number_ = 0;
  std::atomic<std::int64_t> next_drop_log_us_{0};
  std::thread thread_;

  std::atomic<bool> urgent_{false};  // a state change is in the queue
  std::mutex wait_mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  TimePoint give_up_at_ = TimePoint::max();
};

}  // namespace muster
