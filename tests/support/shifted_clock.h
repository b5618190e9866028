// The system's clock, moved ahead by the test: for code that is under way on real sockets and must
// not wait for real minutes. Drive its EventLoop by poll(). Thread-safe.
#pragma once

#include <atomic>
#include <chrono>

#include "common/base/clock.h"

namespace muster::test {

class ShiftedClock final : public Clock {
 public:
  TimePoint now() const override { return system_.now() + shift_.load(); }
  WallTime wall() const override {
    return system_.wall() + std::chrono::duration_cast<WallTime::duration>(shift_.load());
  }
  void jump(Duration ahead) { shift_ = shift_.load() + ahead; }

 private:
  const SystemClock system_;
  std::atomic<Duration> shift_{Duration::zero()};
};

}  // namespace muster::test
