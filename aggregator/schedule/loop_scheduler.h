// Starts the checks of the servers of one loop, each at its own phase. A slot that cannot be met is
// skipped and counted, never made up for in a burst. A server that comes is greeted, asked once
// before its slot, one newcomer at a time: so quickly that a small fleet is known at once, and in a
// large one so slowly that it hardly adds to the load. Lives on its loop; owned by the
// FleetScheduler.
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
  using Wanted = std::function<bool(const ProbeSpec&)>;
  using Answer = std::function<void(Result<std::vector<CheckResult>>)>;

  LoopScheduler(EventLoop& loop, CheckFactory& checks, ScheduleCounters& counters);
  ~LoopScheduler();

  // Ignores what is older than what is known already.
  void upsert(const ServerPointer& server);
  void remove(ServerKey server);

  // Checks whose probe is unchanged keep their place and what was learnt.
  void set_probes(const Probes& probes);

  // Runs the server's checks of the probes that are wanted, all at once. kNotFound: it is not
  // scheduled; an empty list: none of its probes is wanted.
  void check_now(ServerKey server, const Wanted& wanted, Answer answer);

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
  void forget_load(const Task& task);
  std::unique_ptr<Task> make_task(const Entry& entry, const ProbeSpecPointer& probe);
  void schedule_first(Task& task);
  void await_greeting();
  void greet_newcomers();
  void arm(Task& task);
  void on_due(Task& task);
  void start(Task& task, std::int64_t slot_ms, std::int64_t now);
  void count(StartOutcome outcome);
  std::int64_t now_ms() const;

  EventLoop& loop_;
  CheckFactory& checks_;
  ScheduleCounters& counters_;
  const std::chrono::nanoseconds epoch_;  // Unix time at the zero of the monotonic clock, at start
  Probes probes_;
  std::size_t tasks_ = 0;
  double starts_per_ms_ = 0;  // of all tasks, by their intervals
  struct Newcomers;
  const std::unique_ptr<Newcomers> newcomers_;
  std::unordered_map<ServerKey, Entry> entries_;
};

}  // namespace muster
