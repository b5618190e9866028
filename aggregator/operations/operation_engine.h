// Runs operations, turn by turn: takes in what has ended, writes it down, starts what may be
// started. Every change of a target is in the database before its work begins and after it has
// ended; so what a daemon before us left running is interrupted, never run twice. Organizations
// share the places evenly, and so do operations. Lives on the thread `operations`; owned by
// OperationThread or a test.
#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "aggregator/operations/operation_actions.h"
#include "aggregator/operations/operation_inbox.h"
#include "aggregator/operations/running_operation.h"
#include "common/base/log_gate.h"
#include "common/base/worker_pool.h"

namespace muster {

class OperationEngine {
 public:
  OperationEngine(ConnectionSettings database, const OperationActions& actions, const Clock& clock);

  // When the next one is due, unless something comes to the inbox before.
  TimePoint turn();

  // From now on nothing is started; what is under way goes on.
  void wind_down() { winding_down_ = true; }
  bool idle() const;  // nothing is under way, and all is written

  const std::shared_ptr<OperationInbox>& inbox() const { return inbox_; }

 private:
  using Running = std::map<OperationKey, std::unique_ptr<RunningOperation>>;

  void take_in();
  DbResult<void> work();
  DbResult<void> follow_term();
  DbResult<void> reload(RunningOperation& operation);
  DbResult<void> look_for_work();
  DbResult<void> adopt(const OperationKey& key);
  DbResult<void> advance_all();
  DbResult<void> advance(RunningOperation& operation);
  DbResult<void> write_ended(RunningOperation& operation);
  DbResult<void> stop_if_need_be(RunningOperation& operation);
  DbResult<void> start_some(RunningOperation& operation);
  DbResult<void> note(RunningOperation& operation, const JournalEntry& entry, std::size_t wanted);
  void run(RunningOperation& operation, int ordinal);
  std::size_t room_for(const RunningOperation& operation) const;
  void forget_old();
  TimePoint next_turn() const;

  const OperationActions& actions_;
  const Clock& clock_;
  const std::shared_ptr<OperationInbox> inbox_ = std::make_shared<OperationInbox>();
  OperationJournal journal_;
  int term_ = 0;
  Running running_;
  bool look_ = true;  // at the database, for operations
  bool winding_down_ = false;
  TimePoint next_look_ = TimePoint::min();
  LogGate delay_log_;
  TimePoint next_forgetting_ = TimePoint::min();
  std::atomic<std::size_t> busy_workers_{0};
  WorkerPool workers_;  // last: what it runs uses the rest
};

}  // namespace muster
