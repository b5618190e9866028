// What the schedulers count, summed over all loops; export/ reads it. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace muster {

struct ScheduleCounters {
  std::atomic<std::uint64_t> started{0};
  // Slots in which nothing was started; see StartOutcome.
  std::atomic<std::uint64_t> skipped_overrun{0};
  std::atomic<std::uint64_t> skipped_overload{0};  // also: the loop came too late for the slot
  std::atomic<std::uint64_t> skipped_budget{0};
  std::atomic<std::uint64_t> skipped_breaker{0};
  std::atomic<std::uint64_t> skipped_stopped{0};   // the whole daemon stood still
  std::atomic<std::int64_t> checks{0};             // (server, probe) pairs that are scheduled
};

}  // namespace muster
