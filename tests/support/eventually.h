// Waits for a condition that another thread or process will make true: asks every few milliseconds
// until it holds or patience runs out. The only way in which a test may wait.
#pragma once

#include <chrono>
#include <thread>

namespace muster::test {

template <typename Condition>
bool eventually(std::chrono::milliseconds patience, Condition&& holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace muster::test
