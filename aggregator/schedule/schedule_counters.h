// What the schedulers count, summed over all loops; export/ reads it. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/base/histogram.h"

namespace muster {

struct ScheduleCounters {
  std::atomic<std::uint64_t> started{0};
  // Slots in which nothing was started; see StartOutcome.
  std::atomic<std::uint64_t> skipped_overrun{0};
  std::atomic<std::uint64_t> skipped_overload{0};  // also: the loop came too late for the slot
  std::atomic<std::uint64_t> skipped_budget{0};
  std::atomic<std::uint64_t> skipped_breaker{0};
  std::atomic<std::uint64_t> skipped_stopped{0};  // the whole daemon stood still
  std::atomic<std::int64_t> checks{0};            // (server, probe) pairs that are scheduled
  // Seconds from a slot to the start of its check.
  Histogram lateness{
      {0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}};
};

}  // namespace muster
