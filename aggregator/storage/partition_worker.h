// Looks after the partitions: finishes what was interrupted, makes those of the future, puts
// quarantined rows back, detaches what is too old and archives it, freezes what is over. Every step
// can be repeated, and is a few short transactions or, archiving and freezing, goes on where it
// was; one that fails is counted and does not stop the next. Called by thread `upkeep`, prepare()
// by [main] before ingestion opens; status() from any thread.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

#include "aggregator/storage/dictionaries.h"
#include "aggregator/storage/partition_archiver.h"
#include "aggregator/storage/partition_detacher.h"
#include "aggregator/storage/partition_freezer.h"
#include "aggregator/storage/partition_session.h"
#include "aggregator/storage/partition_status.h"
#include "common/base/guarded.h"

namespace muster {

struct PartitionWorkerSettings {
  ConnectionSettings database;
  std::vector<PartitionPolicy> tables = default_partition_policies();
  PartitionArchiveSettings archive;
};

class PartitionWorker {
 public:
  PartitionWorker(PartitionWorkerSettings settings, const Clock& clock, StopSignal& stop);

  // Before start: see FinalisedUntil. Without it nothing is derived from the rows.
  void set_finalised_until(FinalisedUntil finalised) {
    detacher_.set_finalised_until(std::move(finalised));
  }

  // Only what ingestion needs, and without waiting for locks. A failure is logged and counted: rows
  // then go to quarantine and come back later.
  void prepare();

  // Everything. False when something failed, or was left to another session, perhaps of a daemon
  // that has just died: then the next round should come soon.
  bool round();

  PartitionStatus status() const;
  const Histogram& lock_waits() const { return lock_waits_; }
  std::uint64_t verify_failures() const { return archiver_.verify_failures(); }

 private:
  using Work = DbResult<void> (PartitionWorker::*)(Connection&, const PartitionPolicy&);
  struct Step {
    const char* name;
    Work work;
  };
  static const Step kRecover, kCreateAtOnce, kCreate, kDrain, kRetention, kArchive, kPrune, kSurvey,
      kFreeze;

  bool run(std::initializer_list<Step> steps);
  bool run_on(std::optional<PartitionSession>& session, std::initializer_list<Step> steps);
  DbResult<void> connect(std::optional<PartitionSession>& session);
  bool run_step(Connection& connection, const Step& step, const PartitionPolicy& policy);
  void note_success(const Step& step, const PartitionPolicy& policy);
  void note_failure(const char* step, const std::string& table, const DbError& error);

  DbResult<void> recover(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> create(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> create_at_once(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> drain(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> retain(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> archive(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> freeze(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> prune(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> survey(Connection& connection, const PartitionPolicy& policy);
  DbResult<void> survey_dictionaries(Connection& connection, const PartitionPolicy& policy);

  const PartitionWorkerSettings settings_;
  const Clock& clock_;
  StopSignal& stop_;
  Histogram lock_waits_;
  LockRetry locks_;
  LockRetry impatient_;
  PartitionDetacher detacher_;
  PartitionArchiver archiver_;
  PartitionFreezer freezer_;
  std::map<std::string_view, std::chrono::sys_days> pruned_on_;  // by this daemon
  Guarded<PartitionStatus> status_;
};

}  // namespace muster
