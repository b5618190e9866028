// Has results stored in batches by thread `writer`: those that just came first, and while there are
// none, what waits on disk. While the database is away the batch in hand is kept and offered again,
// in smaller pieces when it took too long. A segment whose results are all stored is removed. Owned
// by the Aggregator.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "aggregator/spool/backlog.h"
#include "aggregator/spool/batch_size.h"
#include "aggregator/spool/batch_store.h"
#include "aggregator/spool/live_batches.h"
#include "aggregator/spool/segment_replay.h"
#include "aggregator/spool/spool_counters.h"
#include "aggregator/spool/spool_directory.h"
#include "aggregator/spool/stop_deadline.h"
#include "aggregator/spool/writer_counters.h"
#include "common/base/backoff.h"
#include "common/base/clock.h"
#include "common/base/log_gate.h"
#include "common/base/stop_signal.h"

namespace muster {

struct ResultWriterSettings {
  std::size_t batch_rows = 20'000;
  std::chrono::milliseconds batch_delay{1'000};
  std::chrono::milliseconds first_retry{200};
  std::chrono::milliseconds most_retry{3'000};
  std::chrono::milliseconds connect_retry{2'000};   // at least, so that a full database has peace
  std::chrono::milliseconds stop_patience{10'000};  // for what was handed to us when we stop
};

class ResultWriter {
 public:
  struct Spool {
    SpoolDirectory& directory;
    LiveBatches& live;
    Backlog& backlog;
    SpoolCounters& counters;
  };

  ResultWriter(ResultWriterSettings settings, Spool spool, std::unique_ptr<BatchStore> store,
               const Clock& clock);
  ~ResultWriter();

  void start();
  void stop();  // once the spool hands over no more; stores what it did, within stop_patience

  const WriterCounters& counters() const { return counters_; }

 private:
  void run();  // [writer], as all below
  void handle(LiveItem item);
  void replay_some();
  bool open_oldest();
  void finish_replay();
  void reading_failed(const Error& why);
  void remove(const SealedSegment& segment);

  void write(ResultBatch batch);
  StoreResult<StoredBatch> offer(const ResultBatch& batch);  // as much of it as is quick
  void put_aside(ResultBatch batch, const StoreFailure& why);
  template <typename Try>
  auto with_patience(Try attempt) -> decltype(attempt());
  void note_success();
  void note_failure(const StoreFailure& failure);
  void pause_after(const StoreFailure& failure);
  void leave(const ResultBatch& batch);
  void count(const StoredBatch& stored);

  const ResultWriterSettings settings_;
  const Spool spool_;
  const std::unique_ptr<BatchStore> store_;
  const Clock& clock_;
  WriterCounters counters_;
  Backoff backoff_;
  std::optional<SealedSegment> replayed_;  // the one that is being read again
  std::optional<SegmentReplay> replay_;
  int read_failures_ = 0;       // in a row, of that one
  std::int64_t rows_left_ = 0;  // on disk, when we stopped
  BatchSize batch_size_;
  std::map<std::string, LogGate> failure_logs_;  // by SQLSTATE
  bool failing_ = false;
  StopDeadline stop_;
  StopSignal ended_;
  std::thread thread_;
};

}  // namespace muster
