// The unfinished operations of all organizations, for the one daemon that runs them: every change
// of a target is written here before its work begins and after it has ended. On a connection of its
// own as muster_owner, which holds an advisory lock: a statement that succeeds is proof that nobody
// else runs operations. Used by one thread. [operations]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/operation_record.h"

namespace muster {

struct OperationKey {
  OrganizationKey organization = 0;
  Uuid id;

  auto operator<=>(const OperationKey&) const = default;
};

struct UnfinishedOperation {
  OperationKey key;
  OperationState state = OperationState::kPending;
};

struct AdoptedOperation {
  OperationRecord record;
  std::vector<OperationTarget> targets;  // all of them by ordinal, without their output
};

struct EndedTarget {
  int ordinal = 0;
  TargetState state = TargetState::kSucceeded;
  std::string output;
  WallTime at;
};

// What the operation was found to be by a change of its targets.
struct JournalEntry {
  OperationState state = OperationState::kRunning;
  int targets = 0;  // that were changed; fewer than asked for: somebody else has changed them
};

class OperationJournal {
 public:
  explicit OperationJournal(ConnectionSettings database) : database_(std::move(database)) {}

  // Connects and takes the lock if need be. False: another daemon runs the operations.
  DbResult<bool> lead();
  // Rises whenever the lock had to be taken: what was known of operations may be stale.
  int term() const { return term_; }

  // The oldest of each organization, and all that were begun; those to be canceled first.
  DbResult<std::vector<UnfinishedOperation>> unfinished(int most_of_one);

  // Begins or goes on with it. Targets that are running, but not `in_flight`, are interrupted.
  DbResult<AdoptedOperation> adopt(const OperationKey& key, const std::vector<int>& in_flight,
                                   WallTime now);

  // `counts` are those after the change. Nothing begins once the operation is to be canceled.
  DbResult<JournalEntry> begin(const OperationKey& key, const std::vector<int>& ordinals,
                               const TargetCounts& counts, WallTime now);
  DbResult<JournalEntry> end(const OperationKey& key, const std::vector<EndedTarget>& ended,
                             const TargetCounts& counts);
  // Pending targets are canceled with these words.
  DbResult<JournalEntry> stop(const OperationKey& key, StopReason reason, std::string_view words,
                              const TargetCounts& counts, WallTime now);
  // One that is canceling ends as canceled, whatever `state` is.
  DbResult<void> finish(const OperationKey& key, OperationState state, WallTime now);

  // Removes some of those that finished earlier; how many.
  DbResult<std::int64_t> forget(WallTime finished_before);

 private:
  DbResult<void> open();
  DbResult<JournalEntry> change(const std::string& sql, const Params& params);

  const ConnectionSettings database_;
  std::optional<Connection> connection_;
  bool leading_ = false;
  int term_ = 0;
};

}  // namespace muster
