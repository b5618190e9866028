#include "aggregator/operations/running_operation.h"

#include <algorithm>
#include <utility>

#include "aggregator/operations/operation_parameters.h"

namespace muster {
namespace {

bool is_open(TargetState state) {
  return state == TargetState::kPending || state == TargetState::kRunning;
}

}  // namespace

RunningOperation::RunningOperation(AdoptedOperation adopted, OperationAction* action,
                                   const Clock& clock)
    : action_(action), clock_(clock) {
  take_over(std::move(adopted));
}

void RunningOperation::reload(AdoptedOperation adopted) {
  take_over(std::move(adopted));
}

void RunningOperation::take_over(AdoptedOperation adopted) {
  record_ = std::move(adopted.record);
  targets_ = std::move(adopted.targets);
  parameters_ = parameters_of(record_.parameters_json);
  deadline_ = at(record_.created_at + record_.limits.deadline);
  canceling_ = record_.state == OperationState::kCanceling;
  if (record_.stop_reason) stopped_ = word_of<StopReason>(kStopReasonNames, *record_.stop_reason);
  counts_ = {};
  for (const OperationTarget& target : targets_) ++counts_[target.state];
  next_ = 0;
  rollout_ =
      Rollout({record_.limits.max_concurrency, record_.limits.pause_between}, open_by_wave());
  rollout_.started(counts_[TargetState::kRunning]);
  hold_back();
}

std::vector<int> RunningOperation::open_by_wave() const {
  std::vector<int> open(static_cast<std::size_t>(record_.waves));
  for (const OperationTarget& target : targets_) {
    if (is_open(target.state)) ++open.at(static_cast<std::size_t>(target.wave));
  }
  return open;
}

// A wave that nobody has begun waits for the rest of the pause before it.
void RunningOperation::hold_back() {
  std::optional<WallTime> last_end;
  for (const OperationTarget& target : targets_) {
    const bool begun = target.attempts > 0;
    if (begun && target.wave == rollout_.wave()) return;
    if (begun && target.finished_at)
      last_end = std::max(*target.finished_at, last_end.value_or(WallTime()));
  }
  if (last_end) rollout_.hold_until(at(*last_end + record_.limits.pause_between));
}

// The wall clock is for the database; what is waited for is not to jump with it.
TimePoint RunningOperation::at(WallTime time) const {
  return clock_.now() + (time - clock_.wall());
}

std::vector<int> RunningOperation::in_flight() const {
  std::vector<int> ordinals;
  for (const auto& [ordinal, until] : flights_) ordinals.push_back(ordinal);
  for (const EndedTarget& target : ended_) ordinals.push_back(target.ordinal);
  return ordinals;
}

std::optional<StopReason> RunningOperation::reason_to_stop() const {
  return muster::reason_to_stop(
      {counts_, record_.limits.max_errors, canceling_, clock_.now() >= deadline_});
}

std::vector<int> RunningOperation::startable(std::size_t most) const {
  std::vector<int> ordinals;
  const auto may = static_cast<std::size_t>(rollout_.may_start(clock_.now()));
  most = std::min(most, may);
  for (std::size_t i = next_; i < targets_.size() && ordinals.size() < most; ++i) {
    if (targets_[i].wave > rollout_.wave()) break;
    if (targets_[i].state == TargetState::kPending) ordinals.push_back(targets_[i].ordinal);
  }
  return ordinals;
}

TargetCounts RunningOperation::counts_with_begun(std::size_t targets) const {
  TargetCounts counts = counts_;
  counts[TargetState::kPending] -= static_cast<int>(targets);
  counts[TargetState::kRunning] += static_cast<int>(targets);
  return counts;
}

void RunningOperation::begun(const std::vector<int>& ordinals) {
  counts_ = counts_with_begun(ordinals.size());
  rollout_.started(static_cast<int>(ordinals.size()));
  for (const int ordinal : ordinals) {
    targets_[static_cast<std::size_t>(ordinal)].state = TargetState::kRunning;
    flights_[ordinal] = clock_.now() + record_.limits.target_timeout;
  }
  while (next_ < targets_.size() && targets_[next_].state != TargetState::kPending) ++next_;
}

TargetRun RunningOperation::run_of(int ordinal) const {
  const OperationTarget& target = targets_[static_cast<std::size_t>(ordinal)];
  return {record_.organization, target.server_key.value_or(0), target.server_id, parameters_};
}

void RunningOperation::land(int ordinal, TargetOutcome outcome) {
  if (flights_.erase(ordinal) == 0) return;
  ended_.push_back({ordinal, outcome.state, std::move(outcome.output), clock_.wall()});
}

void RunningOperation::expire() {
  std::vector<int> late;
  for (const auto& [ordinal, until] : flights_) {
    if (until <= clock_.now()) late.push_back(ordinal);
  }
  const std::string words =
      "no result within " + std::to_string(record_.limits.target_timeout.count()) + " seconds";
  for (const int ordinal : late) land(ordinal, {TargetState::kTimedOut, words});
}

TargetCounts RunningOperation::counts_with_ended() const {
  TargetCounts counts = counts_;
  for (const EndedTarget& target : ended_) {
    --counts[TargetState::kRunning];
    ++counts[target.state];
  }
  return counts;
}

void RunningOperation::ended_written() {
  counts_ = counts_with_ended();
  for (const EndedTarget& ended : std::exchange(ended_, {})) {
    OperationTarget& target = targets_[static_cast<std::size_t>(ended.ordinal)];
    target.state = ended.state;
    rollout_.ended(target.wave, clock_.now());
  }
}

TargetCounts RunningOperation::counts_with_stopped() const {
  TargetCounts counts = counts_;
  counts[TargetState::kCanceled] += std::exchange(counts[TargetState::kPending], 0);
  return counts;
}

void RunningOperation::stopped(StopReason reason) {
  counts_ = counts_with_stopped();
  stopped_ = reason;
}

TimePoint RunningOperation::next_change() const {
  TimePoint next = stopped_ ? TimePoint::max() : deadline_;
  if (const auto resumes = stopped_ ? std::nullopt : rollout_.resumes()) {
    if (*resumes > clock_.now()) next = std::min(next, *resumes);
  }
  for (const auto& [ordinal, until] : flights_) next = std::min(next, until);
  return next;
}

}  // namespace muster
