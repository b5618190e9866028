// One operation while it runs: which targets wait, which are under way until when, which have ended
// and are not written yet. Knows no database. One thread. [operations]
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "aggregator/operations/operation_action.h"
#include "aggregator/operations/rollout.h"
#include "aggregator/operations/verdict.h"
#include "aggregator/storage/operation_journal.h"
#include "common/base/clock.h"

namespace muster {

class RunningOperation {
 public:
  // `action`: nullptr when this daemon does not know it.
  RunningOperation(AdoptedOperation adopted, OperationAction* action, const Clock& clock);

  // What the database has is the truth; what is under way here goes on.
  void reload(AdoptedOperation adopted);

  OperationKey key() const { return {record_.organization, record_.id}; }
  OperationAction* action() const { return action_; }
  const TargetCounts& counts() const { return counts_; }
  std::vector<int> in_flight() const;  // with those that have ended and are not written
  std::size_t under_way() const { return flights_.size(); }

  void cancel() { canceling_ = true; }
  std::optional<StopReason> stopped() const { return stopped_; }
  std::optional<StopReason> reason_to_stop() const;
  bool over() const { return flights_.empty() && ended_.empty() && (stopped_ || rollout_.over()); }

  // The next targets that may be started, `most` at most; they wait until begun() says otherwise.
  std::vector<int> startable(std::size_t most) const;
  TargetCounts counts_with_begun(std::size_t targets) const;
  void begun(const std::vector<int>& ordinals);
  TargetRun run_of(int ordinal) const;

  void land(int ordinal, TargetOutcome outcome);  // ignored when it is not under way
  void expire();                                  // what is under way for too long
  const std::vector<EndedTarget>& ended() const { return ended_; }
  TargetCounts counts_with_ended() const;
  void ended_written();
  void drop_ended() { ended_.clear(); }  // the database has it otherwise; to be reloaded

  TargetCounts counts_with_stopped() const;
  void stopped(StopReason reason);

  TimePoint next_change() const;  // when time alone changes something

 private:
  void take_over(AdoptedOperation adopted);
  std::vector<int> open_by_wave() const;
  void hold_back();
  TimePoint at(WallTime time) const;

  OperationAction* const action_;
  const Clock& clock_;
  OperationRecord record_;
  OperationParameters parameters_;
  std::vector<OperationTarget> targets_;  // by ordinal, in the state that is written
  std::size_t next_ = 0;                  // no target before it waits
  Rollout rollout_{{}, {}};
  TargetCounts counts_;
  TimePoint deadline_;
  bool canceling_ = false;
  std::optional<StopReason> stopped_;
  std::map<int, TimePoint> flights_;  // until when
  std::vector<EndedTarget> ended_;
};

}  // namespace muster
