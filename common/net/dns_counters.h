// What a resolver has done so far. Written by its loop, read by any thread; the reader keeps the
// resolver alive.
#pragma once

#include <atomic>
#include <cstdint>

namespace muster {

struct DnsCounters {
  std::atomic<std::uint64_t> hits{0};      // answered from the cache, absent names included
  std::atomic<std::uint64_t> misses{0};    // had to wait for a lookup
  std::atomic<std::uint64_t> stale{0};     // answered with an expired entry, because lookups fail
  std::atomic<std::uint64_t> failures{0};  // lookups that ended without an address
};

}  // namespace muster
