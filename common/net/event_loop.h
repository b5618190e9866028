// One thread that runs posted tasks, socket callbacks and timers. What a loop owns is touched on
// its thread only; others post(). Timers share one wheel of 1 ms ticks and one wake-up: they fire
// late by up to a quantum and never early, so that what is due about the same time starts together.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/base/clock.h"
#include "common/net/timer_wheel.h"
#include "common/net/wake_quantum.h"

namespace boost::asio {
class io_context;
}

namespace muster {

class EventLoop {
 public:
  static constexpr std::chrono::milliseconds kQuantum{10};
  // Longer is no load, it is standing still.
  static constexpr std::chrono::milliseconds kStall{500};

  // The quantum follows the load, from 5 ms up to `widest`.
  EventLoop(std::string name, const Clock& clock, std::chrono::milliseconds widest = kQuantum);
  ~EventLoop();  // stops
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start();                                   // [control] once
  void stop();                                    // [control] tasks not yet run are dropped; joins
  void post(std::function<void()> task);          // [any]
  void run_and_wait(std::function<void()> task);  // [any but the loop] returns when it has run

  // Instead of start(), for tests that own time: runs what is posted, ready or due by the clock, on
  // the caller's thread, until there is nothing more.
  void poll();

  bool in_loop() const {
    return !thread_.joinable() || std::this_thread::get_id() == thread_.get_id();
  }
  bool running() const { return thread_.joinable(); }  // [control]
  const std::string& name() const { return name_; }
  const Clock& clock() const { return clock_; }

  // [any]
  std::uint64_t stalls() const { return stalls_.load(std::memory_order_relaxed); }
  double cpu_seconds() const;  // of the thread; 0 before it runs and after it ended

  // [loop]
  void arm(Timer& timer, TimePoint due);
  // Whether the thread stood still since then (the process was stopped, had no CPU, or one callback
  // took long): what timed out meanwhile may have been answered, but nobody was there to hear it.
  bool stalled_since(TimePoint time) const { return stall_end_ > time; }
  boost::asio::io_context& io();

 private:
  class Impl;

  void run();
  TimerWheel::Tick tick_of(TimePoint time, bool round_up) const;
  void on_wake();
  void schedule_wake();
  bool late(TimerWheel::Tick now) const;
  void note_stall(TimePoint end);

  const std::string name_;
  const Clock& clock_;
  WakeQuantum quantum_;
  const TimePoint origin_;
  std::unique_ptr<Impl> impl_;
  TimerWheel wheel_{0};
  TimerWheel::Tick wake_at_ = 0;  // 0: no wake-up is set
  bool advancing_ = false;
  bool polled_ = false;  // no wake-ups: the caller's clock is not the system's
  TimePoint stall_end_;
  std::atomic<std::uint64_t> stalls_{0};
  std::atomic<clockid_t> cpu_clock_{0};  // 0: there is no thread; the ids of threads are negative
  std::thread thread_;
};

}  // namespace muster
