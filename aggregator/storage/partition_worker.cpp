#include "aggregator/storage/partition_worker.h"

#include <utility>

#include "aggregator/storage/partition_creator.h"
#include "common/base/log.h"

namespace muster {
namespace {

std::vector<double> wait_bounds() {
  return {0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 600};
}

DbResult<void> blocked_failure(int count) {
  const DbError error{
      {ErrorCode::kConflict, std::to_string(count) + " partitions are blocked"}, "42P07", ""};
  return fail(error);
}

DbResult<std::int64_t> size_of_partitions(Connection& connection, std::string_view table) {
  auto rows = connection.exec(
      "SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint FROM pg_inherits "
      "WHERE inhparent = $1::regclass",
      {table});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

}  // namespace

const PartitionWorker::Step PartitionWorker::kRecover{"recover", &PartitionWorker::recover};
const PartitionWorker::Step PartitionWorker::kCreateAtOnce{"create",
                                                           &PartitionWorker::create_at_once};
const PartitionWorker::Step PartitionWorker::kCreate{"create", &PartitionWorker::create};
const PartitionWorker::Step PartitionWorker::kDrain{"drain", &PartitionWorker::drain};
const PartitionWorker::Step PartitionWorker::kRetention{"retention", &PartitionWorker::retain};
const PartitionWorker::Step PartitionWorker::kArchive{"archive", &PartitionWorker::archive};
const PartitionWorker::Step PartitionWorker::kFreeze{"freeze", &PartitionWorker::freeze};
const PartitionWorker::Step PartitionWorker::kPrune{"prune", &PartitionWorker::prune};
const PartitionWorker::Step PartitionWorker::kSurvey{"survey", &PartitionWorker::survey};

PartitionWorker::PartitionWorker(PartitionWorkerSettings settings, const Clock& clock,
                                 StopSignal& stop)
    : settings_(std::move(settings)),
      clock_(clock),
      stop_(stop),
      lock_waits_(wait_bounds()),
      locks_(stop, lock_waits_),
      impatient_(stop, lock_waits_, {}),
      detacher_(clock, locks_),
      archiver_(settings_.archive) {}

void PartitionWorker::prepare() {
  run({kCreateAtOnce});
}

bool PartitionWorker::round() {
  return run({kRecover, kCreate, kDrain, kRetention, kArchive, kPrune, kSurvey, kFreeze});
}

PartitionStatus PartitionWorker::status() const {
  return status_.with([](const PartitionStatus& status) { return status; });
}

bool PartitionWorker::run(std::initializer_list<Step> steps) {
  std::optional<PartitionSession> session;
  const bool well = run_on(session, steps);
  if (session) session->unlock();
  return well;
}

bool PartitionWorker::run_on(std::optional<PartitionSession>& session,
                             std::initializer_list<Step> steps) {
  bool well = true;
  for (const Step& step : steps) {
    for (const PartitionPolicy& policy : settings_.tables) {
      if (stop_.given()) return well;
      if (auto connected = connect(session); !connected) {
        note_failure("connect", "", connected.error());
        return false;
      }
      if (!session->has_lock() && step.work != kSurvey.work) {
        well = false;
        continue;
      }
      well = run_step(session->connection(), step, policy) && well;
    }
  }
  return well;
}

// A step may leave the connection broken, which is no reason to leave out the next.
DbResult<void> PartitionWorker::connect(std::optional<PartitionSession>& session) {
  if (session && !session->connection().broken()) return {};
  session.reset();
  auto opened = PartitionSession::open(settings_.database, stop_);
  if (!opened) return fail(opened.error());
  if (auto locked = opened->try_lock(); !locked) return locked;
  session.emplace(std::move(*opened));
  return {};
}

bool PartitionWorker::run_step(Connection& connection, const Step& step,
                               const PartitionPolicy& policy) {
  const auto done = (this->*step.work)(connection, policy);
  if (stop_.given()) return true;
  if (done) {
    note_success(step, policy);
  } else {
    note_failure(step.name, std::string(policy.table->name), done.error());
  }
  return done.has_value();
}

void PartitionWorker::note_success(const Step& step, const PartitionPolicy& policy) {
  status_.with([&](PartitionStatus& status) {
    status.last_success[{std::string(policy.table->name), step.name}] = clock_.wall();
  });
}

void PartitionWorker::note_failure(const char* step, const std::string& table,
                                   const DbError& error) {
  const std::string sqlstate = error.sqlstate.empty() ? "none" : error.sqlstate;
  log::error("partitions.failed",
             {{"step", step}, {"table", table}, {"sqlstate", sqlstate}, {"error", error.message}});
  status_.with([&](PartitionStatus& status) { ++status.failures[{step, sqlstate}]; });
}

DbResult<void> PartitionWorker::recover(Connection& connection, const PartitionPolicy& policy) {
  return detacher_.recover(connection, *policy.table);
}

DbResult<void> PartitionWorker::create(Connection& connection, const PartitionPolicy& policy) {
  const auto report = PartitionCreator::cover(connection, policy, clock_.wall(), locks_);
  if (!report) return fail(report.error());
  return report->blocked == 0 ? DbResult<void>() : blocked_failure(report->blocked);
}

DbResult<void> PartitionWorker::create_at_once(Connection& connection,
                                               const PartitionPolicy& policy) {
  const auto report = PartitionCreator::cover(connection, policy, clock_.wall(), impatient_);
  if (!report) return fail(report.error());
  return {};
}

DbResult<void> PartitionWorker::drain(Connection& connection, const PartitionPolicy& policy) {
  const auto moved = drain_quarantine(connection, policy, clock_.wall(), stop_);
  if (!moved) return fail(moved.error());
  return {};
}

DbResult<void> PartitionWorker::retain(Connection& connection, const PartitionPolicy& policy) {
  return detacher_.expire(connection, policy);
}

DbResult<void> PartitionWorker::archive(Connection& connection, const PartitionPolicy& policy) {
  return archiver_.run(connection, *policy.table);
}

DbResult<void> PartitionWorker::freeze(Connection& connection, const PartitionPolicy& policy) {
  return freezer_.run(connection, *policy.table, clock_.wall()).map([](bool) {});
}

// Once a day, for it reads them whole.
DbResult<void> PartitionWorker::prune(Connection& connection, const PartitionPolicy& policy) {
  const auto today = std::chrono::floor<std::chrono::days>(clock_.wall());
  for (const Dictionary& dictionary : dictionaries()) {
    if (dictionary.facts.front() != policy.table->name) continue;
    auto& pruned_on = pruned_on_[dictionary.table];
    if (pruned_on == today) continue;
    const auto gone = prune_dictionary(connection, dictionary, stop_);
    if (!gone) return fail(gone.error());
    pruned_on = today;
    if (*gone > 0) log::info("storage.pruned", {{"table", dictionary.table}, {"rows", *gone}});
  }
  return {};
}

DbResult<void> PartitionWorker::survey(Connection& connection, const PartitionPolicy& policy) {
  const auto partitions = partitions_of(connection, policy.table->name);
  if (!partitions) return fail(partitions.error());
  const WallTime now = clock_.wall();
  PartitionStatus::Table table;
  std::vector<TimeRange> bounds;
  for (const Partition& partition : *partitions) {
    ++(partition.detach_pending ? table.detach_pending : table.partitions);
    if (!partition.detach_pending) bounds.push_back(partition.range);
  }
  table.covered_until = PartitionPlanner::covered_until(std::move(bounds), now);
  const auto bytes = size_of_partitions(connection, policy.table->name);
  if (!bytes) return fail(bytes.error());
  table.bytes = *bytes;
  auto quarantined = count_quarantine(connection, policy, now);
  if (!quarantined) return fail(quarantined.error());
  table.quarantined = std::move(*quarantined);
  status_.with([&](PartitionStatus& status) {
    status.tables[std::string(policy.table->name)] = std::move(table);
  });
  return survey_dictionaries(connection, policy);
}

DbResult<void> PartitionWorker::survey_dictionaries(Connection& connection,
                                                    const PartitionPolicy& policy) {
  for (const Dictionary& dictionary : dictionaries()) {
    if (dictionary.facts.front() != policy.table->name) continue;
    auto size = connection.exec("SELECT pg_total_relation_size($1::regclass)", {dictionary.table});
    if (!size) return fail(size.error());
    status_.with([&](PartitionStatus& status) {
      status.dictionary_bytes[std::string(dictionary.table)] = size->integer(0, 0);
    });
  }
  return {};
}

}  // namespace muster
