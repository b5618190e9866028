// Batches on their way from thread `spool` to thread `writer` without a detour over the disk.
// Bounded by rows and by bytes: when it is full, what is on disk is left there; what is in memory
// alone pushes out the oldest of its kind. Thread-safe.
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

  static constexpr std::size_t kMostBytes = std::size_t{32} << 20;

  LiveBatches(std::size_t most_rows, std::size_t batch_rows, std::size_t most_bytes = kMostBytes)
      : most_{most_rows, most_bytes}, whole_{batch_rows, most_bytes / 4} {}

  bool push(ResultBatch batch);                // false: full
  std::size_t push_newest(ResultBatch batch);  // returns how many rows it pushed out
  void end(SealedSegment segment);
  void close();

  // Neighbouring batches are joined up to batch_rows, and a quarter of the bytes. A change of state
  // ends the wait for more.
  std::optional<LiveItem> take(Patience patience);

  bool empty() const;
  bool drained() const;  // closed and empty
  std::size_t rows() const;

 private:
  struct Load {
    std::size_t rows = 0;
    std::size_t bytes = 0;

    static Load of(const ResultBatch& batch) { return {batch.rows.size(), batch.size_bytes()}; }
    Load operator+(const Load& more) const { return {rows + more.rows, bytes + more.bytes}; }
    Load operator-(const Load& less) const { return {rows - less.rows, bytes - less.bytes}; }
    bool fits(const Load& most) const { return rows <= most.rows && bytes <= most.bytes; }
  };
  struct Waiting {
    LiveItem item;
    Load load;
  };

  void add(LiveItem item, const Load& load, bool urgent);
  bool whole() const {
    return load_.rows >= whole_.rows || load_.bytes >= whole_.bytes || urgent_ || closed_;
  }
  std::size_t drop_oldest_in_memory();
  ResultBatch join_front();
  Waiting pop_front();

  const Load most_;
  const Load whole_;  // of one batch
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Waiting> items_;
  Load load_;
  Load in_memory_;       // of this: not on disk
  bool urgent_ = false;  // a state changed, which somebody waits to hear of
  bool closed_ = false;
};

}  // namespace muster
