// Starts the checks of the servers of one loop, each at its own phase. A slot that cannot be met is
// skipped and counted, never made up for in a burst. A server that comes is asked soon, without
// waiting for its slot: one newcomer every 20 ms, so that a small fleet is known at once and a
// large one is not stormed. Lives on its loop; owned by the FleetScheduler.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "aggregator/schedule/check.h"
#include "aggregator/schedule/schedule_counters.h"
#include "common/net/event_loop.h"

namespace muster {

class LoopScheduler {
 public:
  using Probes = std::vector<ProbeSpecPointer>;
  using Answer = std::function<void(Result<std::vector<CheckResult>>)>;

  LoopScheduler(EventLoop& loop, CheckFactory& checks, ScheduleCounters& counters);
  ~LoopScheduler();

  // Ignores what is older than what is known already.
  void upsert(const ServerPointer& server);
  void remove(ServerKey server);

  // Checks whose probe is unchanged keep their place and what was learnt.
  void set_probes(const Probes& probes);

  // Runs the checks that decide the server's health, all at once; see CheckRequests.
  void check_now(ServerKey server, Answer answer);

  void clear();

 private:
  struct Task;
  struct Entry {
    ServerPointer server;
    std::vector<std::unique_ptr<Task>> tasks;
  };

  void reconcile(Entry& entry, bool server_changed);
  bool wants(const Server& server, const ProbeSpec& probe) const;
  void drop(const Server& server, Task& task);
  std::unique_ptr<Task> make_task(const Entry& entry, const ProbeSpecPointer& probe);
  void schedule_first(Task& task);
  void arm(Task& task);
  void on_due(Task& task);
  void count(StartOutcome outcome);
  std::int64_t now_ms() const;

  EventLoop& loop_;
  CheckFactory& checks_;
  ScheduleCounters& counters_;
  const std::chrono::nanoseconds epoch_;  // Unix time at the zero of the monotonic clock, at start
  Probes probes_;
  std::unordered_map<ServerKey, Entry> entries_;
  std::int64_t newcomer_ms_ = 0;  // when the next newcomer may be asked
};

}  // namespace muster
