// What the fleet counts, for /sim/stats. Each loop writes its own LoopStats; any thread may read.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simfleet/behaviour.h"
#include "tests/simfleet/counter.h"

namespace muster::sim {

struct LoopStats {
  Counter accepted;
  Counter closed;
  Counter closed_for_descriptors;  // the longest idle, to make room
  Counter bad_requests;
  Counter tls_full;
  Counter tls_resumed;
  Counter tls_failed;
  std::array<Counter, kBehaviourCount> requests;

  void count_request(BehaviourKind kind) { requests[static_cast<std::size_t>(kind)].add(); }
};

// The sum over all loops as JSON; behaviours that nobody asked for are left out.
std::string stats_document(const std::vector<std::unique_ptr<LoopStats>>& loops);

}  // namespace muster::sim
