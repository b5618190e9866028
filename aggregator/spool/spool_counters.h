// What the spool has done since the start. Written by the loops and by threads `spool` and
// `writer`, read by anyone.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/base/histogram.h"

namespace muster {

struct SpoolCounters {
  using Counter = std::atomic<std::int64_t>;

  Counter rows_kept{0};       // on disk
  Counter rows_in_memory{0};  // went on without the disk
  Counter dropped_queue{0};   // rows: the queue was full
  Counter dropped_memory{0};  // rows: the disk failed, and memory was full as well
  Counter dropped_full{0};    // rows of segments that gave way to newer ones
  Counter failures{0};        // of the disk
  Counter damages{0};         // places in segments that could not be read
  Counter damaged_bytes{0};
  Counter torn_bytes{0};  // of results that were being written when a process died
  std::atomic<bool> durable{true};
  std::atomic<bool> behind{false};  // the writer finds what comes on disk, and is not handed it
  Histogram sync_seconds{{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5}};
};

}  // namespace muster
