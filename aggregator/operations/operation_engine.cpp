#include "aggregator/operations/operation_engine.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 5s;
constexpr auto kAfterFailure = 3s;
constexpr auto kForgetEvery = 1h;
constexpr auto kKept = std::chrono::days(90);
constexpr std::size_t kMostOperations = 64;   // at once; the others wait
constexpr int kMostOfOneOrganization = 4;     // of them
constexpr std::size_t kMostUnderWay = 1'000;  // targets whose action does not block
constexpr std::size_t kWorkers = 16;          // for those whose action blocks

std::string_view words_for(StopReason reason) {
  switch (reason) {
    case StopReason::kCanceled:
      return "not started: the operation was canceled";
    case StopReason::kErrors:
      return "not started: the operation had more errors than it may have";
    case StopReason::kDeadline:
      return "not started: the operation's deadline had passed";
  }
  return "not started";
}

}  // namespace

OperationEngine::OperationEngine(ConnectionSettings database, const OperationActions& actions,
                                 const Clock& clock)
    : actions_(actions), clock_(clock), journal_(std::move(database)), workers_(kWorkers, "op") {}

TimePoint OperationEngine::turn() {
  take_in();
  const auto done = work();
  if (done) return next_turn();
  if (delay_log_.opens()) {
    log::warn("operations.delayed",
              {{"operations", running_.size()}, {"error", done.error().message}});
  }
  return clock_.now() + kAfterFailure;
}

bool OperationEngine::idle() const {
  return std::ranges::all_of(running_,
                             [](const auto& item) { return item.second->in_flight().empty(); });
}

void OperationEngine::take_in() {
  OperationInbox::Content content = inbox_->take();
  look_ = look_ || content.woken || clock_.now() >= next_look_;
  for (OperationInbox::Arrival& arrival : content.arrivals) {
    const auto found = running_.find(arrival.operation);
    if (found == running_.end()) continue;
    found->second->land(arrival.ordinal, std::move(arrival.outcome));
  }
  for (const auto& [key, operation] : running_) operation->expire();
}

// What another daemon runs is not ours to know.
DbResult<void> OperationEngine::work() {
  auto leading = journal_.lead();
  if (!leading) return fail(leading.error());
  if (!*leading) {
    running_.clear();
    next_look_ = clock_.now() + kLookEvery;
    return {};
  }
  if (auto followed = follow_term(); !followed) return followed;
  if (auto found = look_ ? look_for_work() : DbResult<void>(); !found) return found;
  forget_old();
  return advance_all();
}

// The lock was away for a while, so somebody else may have gone on with our operations.
DbResult<void> OperationEngine::follow_term() {
  if (term_ == journal_.term()) return {};
  for (auto next = running_.begin(); next != running_.end();) {
    const auto current = next++;
    const auto done = reload(*current->second);
    if (!done && done.error().code != ErrorCode::kNotFound) return done;
    if (!done) running_.erase(current);
  }
  term_ = journal_.term();
  return {};
}

DbResult<void> OperationEngine::reload(RunningOperation& operation) {
  auto adopted = journal_.adopt(operation.key(), operation.in_flight(), clock_.wall());
  if (!adopted) return fail(adopted.error());
  operation.reload(std::move(*adopted));
  return {};
}

DbResult<void> OperationEngine::look_for_work() {
  auto unfinished = journal_.unfinished(kMostOfOneOrganization);
  if (!unfinished) return fail(unfinished.error());
  for (const UnfinishedOperation& found : *unfinished) {
    const auto known = running_.find(found.key);
    if (known != running_.end()) {
      if (found.state == OperationState::kCanceling) known->second->cancel();
    } else if (!winding_down_ && running_.size() < kMostOperations) {
      if (auto adopted = adopt(found.key); !adopted) return adopted;
    }
  }
  look_ = false;
  next_look_ = clock_.now() + kLookEvery;
  return {};
}

DbResult<void> OperationEngine::adopt(const OperationKey& key) {
  auto adopted = journal_.adopt(key, {}, clock_.wall());
  if (!adopted && adopted.error().code == ErrorCode::kNotFound) return {};  // it has gone meanwhile
  if (!adopted) return fail(adopted.error());
  OperationAction* const action = actions_.find(adopted->record.action);
  log::info("operations.adopted", {{"operation", key.id.to_string()},
                                   {"action", adopted->record.action},
                                   {"targets", adopted->record.total}});
  running_[key] = std::make_unique<RunningOperation>(std::move(*adopted), action, clock_);
  return {};
}

// One that fails does not keep the others from going on.
DbResult<void> OperationEngine::advance_all() {
  DbResult<void> result;
  for (auto next = running_.begin(); next != running_.end();) {
    const auto current = next++;
    const auto done = advance(*current->second);
    const bool gone = !done && done.error().code == ErrorCode::kNotFound;
    if (gone || (done && current->second->over())) {
      running_.erase(current);
      look_ = true;  // another one may have waited for the place
    } else if (!done && result) {
      result = done;
    }
  }
  return look_ && result ? look_for_work() : result;
}

DbResult<void> OperationEngine::advance(RunningOperation& operation) {
  if (auto written = write_ended(operation); !written) return written;
  if (auto stopped = stop_if_need_be(operation); !stopped) return stopped;
  if (!operation.over()) return start_some(operation);
  const OperationState state = verdict(operation.counts(), operation.stopped());
  if (auto done = journal_.finish(operation.key(), state, clock_.wall()); !done) return done;
  log::info("operations.finished",
            {{"operation", operation.key().id.to_string()}, {"state", to_string(state)}});
  return {};
}

DbResult<void> OperationEngine::write_ended(RunningOperation& operation) {
  if (operation.ended().empty()) return {};
  const std::size_t count = operation.ended().size();
  const auto entry =
      journal_.end(operation.key(), operation.ended(), operation.counts_with_ended());
  if (!entry) return fail(entry.error());
  const bool all = entry->targets == static_cast<int>(count);
  all ? operation.ended_written() : operation.drop_ended();
  return note(operation, *entry, count);
}

DbResult<void> OperationEngine::stop_if_need_be(RunningOperation& operation) {
  if (operation.stopped()) return {};
  const auto reason = operation.action() == nullptr ? std::optional(StopReason::kErrors)
                                                    : operation.reason_to_stop();
  if (!reason) return {};
  const auto words = operation.action() == nullptr ? "not started: this daemon has no such action"
                                                   : words_for(*reason);
  const TargetCounts counts = operation.counts_with_stopped();
  const auto entry = journal_.stop(operation.key(), *reason, words, counts, clock_.wall());
  if (!entry) return fail(entry.error());
  operation.stopped(*reason);
  return {};
}

DbResult<void> OperationEngine::start_some(RunningOperation& operation) {
  if (winding_down_ || operation.stopped()) return {};
  const std::vector<int> ordinals = operation.startable(room_for(operation));
  if (ordinals.empty()) return {};
  const auto entry = journal_.begin(operation.key(), ordinals,
                                    operation.counts_with_begun(ordinals.size()), clock_.wall());
  if (!entry) return fail(entry.error());
  if (entry->targets != static_cast<int>(ordinals.size())) {
    return note(operation, *entry, ordinals.size());
  }
  operation.begun(ordinals);
  for (const int ordinal : ordinals) run(operation, ordinal);
  return {};
}

// Learns from the database that the operation is to be canceled, or was changed by somebody else.
DbResult<void> OperationEngine::note(RunningOperation& operation, const JournalEntry& entry,
                                     std::size_t wanted) {
  if (entry.targets == static_cast<int>(wanted)) {
    if (entry.state == OperationState::kCanceling) operation.cancel();
    return {};
  }
  return reload(operation);
}

void OperationEngine::run(RunningOperation& operation, int ordinal) {
  OperationAction* const action = operation.action();
  const auto done = [inbox = inbox_, key = operation.key(), ordinal](TargetOutcome outcome) {
    inbox->push({key, ordinal, std::move(outcome)});
  };
  const TargetRun target = operation.run_of(ordinal);
  if (!action->blocks()) return action->run(target, done);
  ++busy_workers_;
  const bool taken = workers_.submit([this, action, target, done] {
    TargetOutcome outcome{TargetState::kFailed, "the action did not say how it ended"};
    action->run(target, [&outcome](TargetOutcome said) { outcome = std::move(said); });
    --busy_workers_;
    done(std::move(outcome));
  });
  if (taken) return;
  --busy_workers_;
  done({TargetState::kFailed, "no thread was to be had for it"});
}

// A worker is busy until its work has ended, also when the target's time was over before.
std::size_t OperationEngine::room_for(const RunningOperation& operation) const {
  const bool blocks = operation.action()->blocks();
  const std::size_t most = blocks ? kWorkers : kMostUnderWay;
  const std::size_t share = std::max<std::size_t>(1, most / running_.size());
  const std::size_t own = share - std::min(share, operation.under_way());
  return blocks ? std::min(own, kWorkers - std::min(kWorkers, busy_workers_.load())) : own;
}

void OperationEngine::forget_old() {
  if (clock_.now() < next_forgetting_) return;
  const auto forgotten = journal_.forget(clock_.wall() - kKept);
  if (!forgotten) return;  // the next turn tries again
  next_forgetting_ = clock_.now() + (*forgotten > 0 ? kLookEvery : kForgetEvery);
}

TimePoint OperationEngine::next_turn() const {
  TimePoint next = next_look_;
  for (const auto& [key, operation] : running_) next = std::min(next, operation->next_change());
  return next;
}

}  // namespace muster
