// A counter that one thread increments and any thread reads, without locked instructions.
#pragma once

#include <atomic>
#include <cstdint>

namespace muster::sim {

class Counter {
 public:
  void add() { value_.store(value() + 1, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace muster::sim
