#include "aggregator/schedule/loop_scheduler.h"

#include <algorithm>
#include <boost/intrusive/list.hpp>
#include <utility>

#include "aggregator/schedule/greeting_pace.h"
#include "aggregator/schedule/phase.h"

namespace muster {
namespace {

using std::chrono::milliseconds;
namespace intrusive = boost::intrusive;
constexpr std::int64_t kSoonMs = 1000;  // whose own slot is so near needs no greeting
constexpr std::int64_t kGreetingsLateMs =
    100;  // what was not greeted longer ago is not made up for
constexpr std::int64_t kStandstillMs = 10'000;  // no load makes a loop that late: we were stopped

}  // namespace

// Linked: waits to be greeted.
struct LoopScheduler::Task
    : intrusive::list_base_hook<intrusive::link_mode<intrusive::auto_unlink>> {
  explicit Task(LoopScheduler& owner) : timer([this, &owner] { owner.on_due(*this); }) {}

  Timer timer;
  ProbeSpecPointer probe;
  std::unique_ptr<Check> check;
  milliseconds phase{0};
  std::int64_t slot_ms = 0;  // the next start
};

struct LoopScheduler::Newcomers {
  explicit Newcomers(LoopScheduler& owner) : timer([&owner] { owner.greet_newcomers(); }) {}

  // Who missed its slot while the others of its wave came goes first, so that each is asked within
  // one interval after the wave began, however long it took.
  void welcome(Task& task, std::int64_t now) {
    if (waiting.empty()) wave_ms = now;
    const bool missed = task.slot_ms > wave_ms + task.probe->every.count();
    waiting.insert(missed ? waiting.begin() : waiting.end(), task);
  }

  intrusive::list<Task, intrusive::constant_time_size<false>> waiting;
  Timer timer;
  std::int64_t wave_ms = 0;  // when the first of those that wait came
  std::int64_t next_ms = 0;  // when the next one may be greeted
};

LoopScheduler::LoopScheduler(EventLoop& loop, CheckFactory& checks, ScheduleCounters& counters)
    : loop_(loop),
      checks_(checks),
      counters_(counters),
      epoch_(loop.clock().wall().time_since_epoch() - loop.clock().now().time_since_epoch()),
      newcomers_(std::make_unique<Newcomers>(*this)) {}

LoopScheduler::~LoopScheduler() {
  clear();
}

void LoopScheduler::upsert(const ServerPointer& server) {
  Entry& entry = entries_[server->key];
  if (entry.server && entry.server->version > server->version) return;
  const bool changed = entry.server != nullptr;
  entry.server = server;
  reconcile(entry, changed);
}

void LoopScheduler::remove(ServerKey server) {
  const auto found = entries_.find(server);
  if (found == entries_.end()) return;
  for (const auto& task : found->second.tasks) drop(*found->second.server, *task);
  entries_.erase(found);
}

void LoopScheduler::set_probes(const Probes& probes) {
  probes_ = probes;
  for (auto& [key, entry] : entries_) reconcile(entry, false);
}

void LoopScheduler::check_now(ServerKey server, const Wanted& wanted, Answer answer) {
  const auto found = entries_.find(server);
  if (found == entries_.end()) {
    return answer(fail(ErrorCode::kNotFound, "the server is not scheduled"));
  }
  struct Gathering {
    std::size_t missing = 0;
    std::vector<CheckResult> results;
    Answer answer;
  };
  std::vector<Check*> asked;
  for (const auto& task : found->second.tasks) {
    if (wanted(*task->probe)) asked.push_back(task->check.get());
  }
  if (asked.empty()) return answer(std::vector<CheckResult>{});
  const auto gathering = std::make_shared<Gathering>();
  gathering->missing = asked.size();
  gathering->answer = std::move(answer);
  for (Check* const check : asked) {
    check->start_now([gathering](const CheckResult& result) {
      gathering->results.push_back(result);
      if (--gathering->missing == 0) gathering->answer(std::move(gathering->results));
    });
  }
}

void LoopScheduler::clear() {
  for (const auto& [key, entry] : entries_) {
    for (const auto& task : entry.tasks) forget_load(*task);
  }
  entries_.clear();
}

bool LoopScheduler::wants(const Server& server, const ProbeSpec& probe) const {
  return server.status != Server::Status::kDisabled && probe.select.matches(server);
}

// Brings the tasks of one server in line with the probes that select it.
void LoopScheduler::reconcile(Entry& entry, bool server_changed) {
  std::vector<std::unique_ptr<Task>> before = std::move(entry.tasks);
  entry.tasks.clear();
  for (const ProbeSpecPointer& probe : probes_) {
    if (!wants(*entry.server, *probe)) continue;
    const auto known = std::find_if(before.begin(), before.end(), [&](const auto& task) {
      return task && *task->probe == *probe;
    });
    if (known == before.end()) {
      entry.tasks.push_back(make_task(entry, probe));
      schedule_first(*entry.tasks.back());
      continue;
    }
    // The check holds the server and the plugin as they were, so a changed one gets a new check at
    // the old place. An equal probe that is another object has another plugin behind it.
    if (server_changed || (*known)->probe != probe) {
      (*known)->check = checks_.make_check(entry.server, probe);
      (*known)->probe = probe;
    }
    entry.tasks.push_back(std::move(*known));
  }
  for (const auto& task : before) {
    if (task) drop(*entry.server, *task);
  }
}

void LoopScheduler::drop(const Server& server, Task& task) {
  forget_load(task);
  task.check.reset();
  checks_.forget(server.key, task.probe->name);
}

void LoopScheduler::forget_load(const Task& task) {
  --counters_.checks;
  --tasks_;
  starts_per_ms_ -= 1.0 / static_cast<double>(task.probe->every.count());
}

std::unique_ptr<LoopScheduler::Task> LoopScheduler::make_task(const Entry& entry,
                                                              const ProbeSpecPointer& probe) {
  auto task = std::make_unique<Task>(*this);
  task->probe = probe;
  task->phase = phase_of(entry.server->id, probe->name, probe->every);
  task->check = checks_.make_check(entry.server, probe);
  ++counters_.checks;
  ++tasks_;
  starts_per_ms_ += 1.0 / static_cast<double>(probe->every.count());
  return task;
}

void LoopScheduler::schedule_first(Task& task) {
  task.slot_ms = next_slot(now_ms(), task.phase, task.probe->every);
  arm(task);
  newcomers_->welcome(task, now_ms());
  if (!newcomers_->timer.armed()) await_greeting();
}

void LoopScheduler::await_greeting() {
  const std::int64_t at = std::max(newcomers_->next_ms, now_ms());
  loop_.arm(newcomers_->timer, TimePoint(milliseconds(at) - epoch_));
}

// The pace is that of the fleet as it is by now: while it is being loaded, it grows.
void LoopScheduler::greet_newcomers() {
  Newcomers& all = *newcomers_;
  const std::int64_t now = now_ms();
  all.next_ms = std::max(all.next_ms, now - kGreetingsLateMs);
  while (!all.waiting.empty() && all.next_ms <= now) {
    Task& task = all.waiting.front();
    all.waiting.pop_front();
    if (task.slot_ms <= now + kSoonMs) continue;
    start(task, std::exchange(all.next_ms, all.next_ms + greeting_pace_ms(tasks_, starts_per_ms_)),
          now);
  }
  if (!all.waiting.empty()) await_greeting();
}

void LoopScheduler::arm(Task& task) {
  loop_.arm(task.timer, TimePoint(milliseconds(task.slot_ms) - epoch_));
}

void LoopScheduler::on_due(Task& task) {
  if (task.is_linked()) task.unlink();
  const std::int64_t now = now_ms();
  const std::int64_t interval = task.probe->every.count();
  const std::int64_t late = now - task.slot_ms;
  start(task, task.slot_ms, now);
  // After a stall or a suspend the slots between are over.
  if (late >= interval) {
    auto& skipped = late >= kStandstillMs ? counters_.skipped_stopped : counters_.skipped_overload;
    skipped += static_cast<std::uint64_t>(late / interval);
  }
  task.slot_ms = next_slot(std::max(now, task.slot_ms), task.phase, task.probe->every);
  arm(task);
}

void LoopScheduler::start(Task& task, std::int64_t slot_ms, std::int64_t now) {
  const StartOutcome outcome = task.check->start(slot_ms);
  count(outcome);
  if (outcome == StartOutcome::kStarted) {
    counters_.lateness.observe(static_cast<double>(now - slot_ms) / 1000);
  }
}

void LoopScheduler::count(StartOutcome outcome) {
  switch (outcome) {
    case StartOutcome::kStarted:
      ++counters_.started;
      break;
    case StartOutcome::kOverrun:
      ++counters_.skipped_overrun;
      break;
    case StartOutcome::kOverload:
      ++counters_.skipped_overload;
      break;
    case StartOutcome::kBudget:
      ++counters_.skipped_budget;
      break;
    case StartOutcome::kBreaker:
      ++counters_.skipped_breaker;
      break;
  }
}

std::int64_t LoopScheduler::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(loop_.clock().now().time_since_epoch() + epoch_)
      .count();
}

}  // namespace muster
