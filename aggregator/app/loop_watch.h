// Sees whether the loops turn: posts a task to each and looks, about every second, whether it has
// run. One that has not for five seconds is stuck, which is logged once, shown on /metrics and kept
// from systemd, whose watchdog then restarts the daemon. Lives on [main]; owned by the Aggregator.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "common/net/event_loop.h"

namespace muster {

class LoopWatch {
 public:
  static constexpr std::chrono::seconds kStuck{5};

  void add(EventLoop& loop);  // before the first look

  // True when every loop turns.
  bool look(TimePoint now);

  bool stuck(std::size_t loop) const { return loops_[loop]->stuck; }  // [any]

 private:
  struct Watched {
    EventLoop& loop;
    std::shared_ptr<std::atomic<bool>> turned;  // the posted task holds it too
    TimePoint asked_at;
    std::atomic<bool> stuck{false};
  };

  static void ask(Watched& watched, TimePoint now);
  static void judge(Watched& watched, TimePoint now);

  std::vector<std::unique_ptr<Watched>> loops_;
  TimePoint last_look_;
};

}  // namespace muster
