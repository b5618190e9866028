// What the result writer has done since the start. Written by thread `writer`, read by anyone.
#pragma once

#include <atomic>
#include <cstdint>

namespace muster {

struct WriterCounters {
  using Counter = std::atomic<std::int64_t>;

  Counter checks_written{0};
  Counter metrics_written{0};
  Counter custom_metrics_written{0};
  Counter series_refused{0};  // readings of custom metrics beyond what a server may have
  Counter changes_written{0};
  Counter batches_written{0};
  Counter rows_quarantined{0};
  Counter rows_late{0};  // of a time that was rolled up already
  Counter rows_lost{0};  // neither database nor disk took them
  Counter store_failures{0};
  Counter last_success_unix_us{0};  // 0: never
};

}  // namespace muster
