// Batches on their way from thread `spool` to thread `writer` without a detour over the disk.
// Bounded: when it is full, what is on disk is left there; what is in memory alone pushes out the
// oldest of its kind. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

#include "aggregator/spool/result_batch.h"
#include "aggregator/spool/segment.h"

namespace muster {

// A sealed segment follows the last of its batches.
using LiveItem = std::variant<ResultBatch, SealedSegment>;

class LiveBatches {
 public:
  struct Patience {
    std::chrono::milliseconds first{0};  // how long to wait for anything
    std::chrono::milliseconds more{0};   // for a whole batch, once there is something
  };

  LiveBatches(std::size_t most_rows, std::size_t batch_rows)
      : most_rows_(most_rows), batch_rows_(batch_rows) {}

  bool push(ResultBatch batch);                // false: full
  std::size_t push_newest(ResultBatch batch);  // returns how many rows it pushed out
  void end(SealedSegment segment);
  void close();

  // Neighbouring batches are joined up to batch_rows. A change of state ends the wait for more.
  std::optional<LiveItem> take(Patience patience);

  bool empty() const;
  bool drained() const;  // closed and empty
  std::size_t rows() const;

 private:
  void add(LiveItem item, std::size_t rows, bool urgent);
  bool whole() const { return rows_ >= batch_rows_ || urgent_ || closed_; }
  std::size_t drop_oldest_in_memory();
  ResultBatch join_front();

  const std::size_t most_rows_;
  const std::size_t batch_rows_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<LiveItem> items_;
  std::size_t rows_ = 0;
  std::size_t rows_in_memory_ = 0;  // of these: not on disk
  bool urgent_ = false;             // a state changed, which somebody waits to hear of
  bool closed_ = false;
};

}  // namespace muster
