#include "aggregator/storage/operation_journal.h"

#include <utility>

#include "aggregator/storage/clean_text.h"
#include "aggregator/storage/operation_sql.h"
#include "aggregator/storage/transaction.h"
#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr int kForgottenAtOnce = 20;

constexpr const char* kUnfinished = R"(
SELECT org_id, id, state
FROM (SELECT org_id, id, state, created_at,
             row_number() OVER (PARTITION BY org_id
                                ORDER BY state <> 'canceling', created_at, id) AS place
      FROM fleet_operations WHERE finished_at IS NULL) AS o
WHERE place <= $1 OR state <> 'pending'
ORDER BY state <> 'canceling', place, created_at, id)";

constexpr const char* kInterrupt = R"(
UPDATE fleet_operation_targets
SET state = 'interrupted', finished_at = $3,
    output = 'the daemon ended while this was under way; whether it was done is not known'
WHERE org_id = $1 AND operation_id = $2 AND state = 'running' AND NOT ordinal = ANY ($4::int[]))";

const std::string kBegin = R"(
UPDATE fleet_operations
SET state = CASE state WHEN 'pending' THEN 'running' ELSE state END,
    started_at = CASE state WHEN 'pending' THEN $3::timestamptz ELSE started_at END,
    version = version + 1,
    targets_by_state = (
      SELECT jsonb_object_agg(s, coalesce(n, 0))
      FROM unnest($4::text[]) AS s
      LEFT JOIN (SELECT state, count(*) AS n FROM fleet_operation_targets
                 WHERE org_id = $1 AND operation_id = $2 GROUP BY state) AS t ON t.state = s)
WHERE org_id = $1 AND id = $2 AND finished_at IS NULL
RETURNING )";

// Behind a WITH changed AS (UPDATE ... RETURNING 1). $3 and $4: the counts.
const std::string kNote = R"(
UPDATE fleet_operations
SET version = version + 1,
    targets_by_state = (SELECT jsonb_object_agg(s, n)
                        FROM unnest($3::text[], $4::int[]) AS c(s, n)))";

const std::string kOfThis = R"(
WHERE org_id = $1 AND id = $2 AND finished_at IS NULL
RETURNING state, (SELECT count(*) FROM changed))";

const std::string kBeginTargets = R"(
WITH changed AS (
  UPDATE fleet_operation_targets
  SET state = 'running', attempts = attempts + 1, started_at = $5
  WHERE org_id = $1 AND operation_id = $2 AND ordinal = ANY ($6::int[]) AND state = 'pending'
    AND EXISTS (SELECT FROM fleet_operations
                WHERE org_id = $1 AND id = $2 AND state = 'running')
  RETURNING 1))";

const std::string kEndTargets = R"(
WITH changed AS (
  UPDATE fleet_operation_targets AS t
  SET state = e.state, output = e.output, finished_at = e.at
  FROM unnest($5::int[], $6::text[], $7::text[], $8::timestamptz[]) AS e(ordinal, state, output, at)
  WHERE t.org_id = $1 AND t.operation_id = $2 AND t.ordinal = e.ordinal AND t.state = 'running'
  RETURNING 1))";

const std::string kStopTargets = R"(
WITH changed AS (
  UPDATE fleet_operation_targets SET state = 'canceled', output = $6, finished_at = $7
  WHERE org_id = $1 AND operation_id = $2 AND state = 'pending'
  RETURNING 1))";

constexpr const char* kFinish = R"(
UPDATE fleet_operations
SET state = CASE state WHEN 'canceling' THEN 'canceled' ELSE $3 END, finished_at = $4,
    stop_reason = CASE state WHEN 'canceling' THEN 'canceled' ELSE stop_reason END,
    version = version + 1
WHERE org_id = $1 AND id = $2 AND finished_at IS NULL)";

constexpr const char* kForget = R"(
DELETE FROM fleet_operations WHERE id IN (
  SELECT id FROM fleet_operations WHERE finished_at < $1 ORDER BY finished_at LIMIT $2))";

std::vector<std::int64_t> widened(const std::vector<int>& numbers) {
  return {numbers.begin(), numbers.end()};
}

// No longer than the column takes, and cut between characters.
std::string fitting(std::string_view output) {
  return std::string(clipped(clean_text(output.substr(0, kMostOutputBytes)), kMostOutputBytes));
}

// The lock goes with the session.
constexpr const char* kSession =
    "SELECT set_config('idle_in_transaction_session_timeout', '30s', false), "
    "pg_try_advisory_lock(hashtext('muster.operations'))";

}  // namespace

DbResult<bool> OperationJournal::lead() {
  if (connection_ && leading_ && connection_->still_there()) return true;
  if (!connection_ || !connection_->still_there()) {
    if (auto opened = open(); !opened) return fail(opened.error());
  }
  auto rows = connection_->exec(kSession);
  if (!rows) return fail(rows.error());
  leading_ = rows->boolean(0, 1);
  if (leading_) ++term_;
  return leading_;
}

DbResult<void> OperationJournal::open() {
  connection_.reset();
  leading_ = false;
  auto opened = Connection::open(database_);
  if (!opened) return fail(opened.error());
  connection_.emplace(std::move(*opened));
  return {};
}

DbResult<std::vector<UnfinishedOperation>> OperationJournal::unfinished(int most_of_one) {
  auto rows = connection_->exec(kUnfinished, {most_of_one});
  if (!rows) return fail(rows.error());
  std::vector<UnfinishedOperation> found;
  for (int i = 0; i < rows->size(); ++i) {
    found.push_back({{static_cast<OrganizationKey>(rows->integer(i, 0)), rows->uuid(i, 1)},
                     operation_state_from(rows->text(i, 2)).value_or(OperationState::kPending)});
  }
  return found;
}

DbResult<AdoptedOperation> OperationJournal::adopt(const OperationKey& key,
                                                   const std::vector<int>& in_flight,
                                                   WallTime now) {
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto interrupted =
      connection_->exec(kInterrupt, {key.organization, key.id, now, widened(in_flight)});
  if (!interrupted) return fail(interrupted.error());
  auto record = connection_->exec(kBegin + operation_sql::summary_columns(),
                                  {key.organization, key.id, now, operation_sql::state_names()});
  if (!record) return fail(record.error());
  if (record->empty()) return fail(DbError{{ErrorCode::kNotFound, "no such operation"}, "", ""});
  auto rows = connection_->exec("SELECT " + operation_sql::brief_target_columns() +
                                    " FROM fleet_operation_targets "
                                    "WHERE org_id = $1 AND operation_id = $2 ORDER BY ordinal",
                                {key.organization, key.id});
  if (!rows) return fail(rows.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  AdoptedOperation adopted{operation_sql::record_of(*record, 0), {}};
  adopted.targets.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    adopted.targets.push_back(operation_sql::target_of(*rows, i));
  }
  return adopted;
}

DbResult<JournalEntry> OperationJournal::begin(const OperationKey& key,
                                               const std::vector<int>& ordinals,
                                               const TargetCounts& counts, WallTime now) {
  return change(kBeginTargets + kNote + kOfThis,
                {key.organization, key.id, operation_sql::state_names(),
                 operation_sql::state_counts(counts), now, widened(ordinals)});
}

DbResult<JournalEntry> OperationJournal::end(const OperationKey& key,
                                             const std::vector<EndedTarget>& ended,
                                             const TargetCounts& counts) {
  std::vector<std::int64_t> ordinals;
  std::vector<std::string> states, outputs;
  std::vector<WallTime> times;
  for (const EndedTarget& target : ended) {
    ordinals.push_back(target.ordinal);
    states.emplace_back(to_string(target.state));
    outputs.push_back(fitting(target.output));
    times.push_back(target.at);
  }
  return change(
      kEndTargets + kNote + kOfThis,
      {key.organization, key.id, operation_sql::state_names(), operation_sql::state_counts(counts),
       ordinals, states, outputs, Param::times(times)});
}

DbResult<JournalEntry> OperationJournal::stop(const OperationKey& key, StopReason reason,
                                              std::string_view words, const TargetCounts& counts,
                                              WallTime now) {
  return change(kStopTargets + kNote + ", stop_reason = $5" + kOfThis,
                {key.organization, key.id, operation_sql::state_names(),
                 operation_sql::state_counts(counts), to_string(reason), words, now});
}

DbResult<JournalEntry> OperationJournal::change(const std::string& sql, const Params& params) {
  auto rows = connection_->exec(sql, params);
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(DbError{{ErrorCode::kNotFound, "no such operation"}, "", ""});
  return JournalEntry{operation_state_from(rows->text(0, 0)).value_or(OperationState::kFailed),
                      static_cast<int>(rows->integer(0, 1))};
}

DbResult<void> OperationJournal::finish(const OperationKey& key, OperationState state,
                                        WallTime now) {
  auto done = connection_->exec(kFinish, {key.organization, key.id, to_string(state), now});
  if (!done) return fail(done.error());
  return {};
}

DbResult<std::int64_t> OperationJournal::forget(WallTime finished_before) {
  auto done = connection_->exec(kForget, {finished_before, kForgottenAtOnce});
  if (!done) return fail(done.error());
  return done->affected();
}

}  // namespace muster
