#include "aggregator/storage/operation_repository.h"

#include <utility>

#include "aggregator/storage/operation_sql.h"
#include "aggregator/storage/server_sql.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

const std::string kCandidates =
    "SELECT s.server_key, s.id, s.name, s.status FROM managed_servers AS s";

std::vector<OperationCandidate> candidates_of(const Rows& rows) {
  std::vector<OperationCandidate> found;
  found.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) {
    found.push_back({static_cast<ServerKey>(rows.integer(i, 0)), rows.uuid(i, 1),
                     std::string(rows.text(i, 2)),
                     server_status_from(rows.text(i, 3)).value_or(Server::Status::kDisabled)});
  }
  return found;
}

std::string select_operations(const std::string& columns) {
  return "SELECT " + columns + " FROM fleet_operations WHERE org_id = $1";
}

Result<OperationRecord> one_of(const Rows& rows) {
  if (rows.empty()) return fail(ErrorCode::kNotFound, "no such operation");
  return operation_sql::record_of(rows, 0);
}

// Two that come at once are counted one after the other.
Result<void> claim_place(Connection& connection, OrganizationKey organization) {
  auto rows = connection.exec_together(
      {{"SELECT pg_advisory_xact_lock(hashtext('muster.operations.new'), $1)", {organization}},
       {"SELECT count(*) FROM fleet_operations WHERE org_id = $1 AND finished_at IS NULL",
        {organization}}});
  if (!rows) return fail(rows.error());
  if (rows->integer(0, 0) < kMostUnfinishedOperations) return {};
  return fail(ErrorCode::kConflict, std::string(kTooManyUnfinished));
}

TargetCounts counts_of(const std::vector<PlannedTarget>& targets) {
  TargetCounts counts;
  for (const PlannedTarget& target : targets) {
    ++counts[target.skip_reason.empty() ? TargetState::kPending : TargetState::kSkipped];
  }
  return counts;
}

Result<OperationRecord> insert_operation(Connection& connection, OrganizationKey organization,
                                         const NewOperation& operation, WallTime now) {
  const OperationLimits& limits = operation.limits;
  auto rows = connection.exec(
      "INSERT INTO fleet_operations (org_id, action, parameters, request, requested_by, "
      "max_concurrency, max_errors, target_timeout_seconds, deadline_seconds, "
      "pause_between_seconds, waves, total, created_at, targets_by_state) "
      "SELECT $1::int, $2::text, $3::jsonb, $4::jsonb, $5::uuid, $6::int, $7::int, $8::int, "
      "$9::int, $10::int, $11::int, $12::int, $13::timestamptz, jsonb_object_agg(s, n) "
      "FROM unnest($14::text[], $15::int[]) AS c(s, n) RETURNING " +
          operation_sql::summary_columns(),
      {organization, operation.action, operation.parameters_json, operation.request_json,
       operation.requested_by, limits.max_concurrency, limits.max_errors,
       limits.target_timeout.count(), limits.deadline.count(), limits.pause_between.count(),
       operation.waves, operation.targets.size(), now, operation_sql::state_names(),
       operation_sql::state_counts(counts_of(operation.targets))});
  if (!rows) return fail(rows.error());
  return one_of(*rows);
}

struct TargetColumns {
  explicit TargetColumns(const std::vector<PlannedTarget>& targets) {
    for (const PlannedTarget& target : targets) {
      waves.push_back(target.wave);
      keys.push_back(target.server.key);
      ids.push_back(target.server.id.to_string());
      names.push_back(target.server.name);
      skip_reasons.push_back(target.skip_reason);
    }
  }

  std::vector<std::int64_t> waves, keys;
  std::vector<std::string> ids, names, skip_reasons;
};

Result<void> insert_targets(Connection& connection, const OperationRecord& operation,
                            const std::vector<PlannedTarget>& targets) {
  const TargetColumns columns(targets);
  auto done = connection.exec(
      "INSERT INTO fleet_operation_targets (operation_id, org_id, ordinal, wave, server_key, "
      "server_id, server_name, state, output, finished_at) "
      "SELECT $1, $2, t.place - 1, t.wave, t.server_key, t.id, t.name, "
      "CASE WHEN t.skip = '' THEN 'pending' ELSE 'skipped' END, t.skip, "
      "CASE WHEN t.skip <> '' THEN $3::timestamptz END "
      "FROM unnest($4::int[], $5::int[], $6::uuid[], $7::text[], $8::text[]) "
      "WITH ORDINALITY AS t(wave, server_key, id, name, skip, place)",
      {operation.id, operation.organization, operation.created_at, columns.waves, columns.keys,
       columns.ids, columns.names, columns.skip_reasons});
  if (done) return {};
  if (done.error().constraint == "fleet_operation_targets_server_fkey") {
    return fail(ErrorCode::kConflict, "a target was deleted meanwhile");
  }
  return fail(done.error());
}

}  // namespace

Result<std::vector<OperationCandidate>> OperationRepository::candidates(
    OrganizationKey organization, const ServerFilter& filter) {
  Params params;
  std::string sql = kCandidates + server_sql::where(organization, filter, params);
  params.emplace_back(kMostTargets + 1);
  sql += " ORDER BY s.name, s.id LIMIT $" + std::to_string(params.size());
  auto rows = exec_as_tenant(pool_, organization, std::move(sql), std::move(params));
  if (!rows) return fail(rows.error());
  return candidates_of(*rows);
}

Result<std::vector<OperationCandidate>> OperationRepository::candidates(
    OrganizationKey organization, const std::vector<std::string>& ids) {
  auto rows = exec_as_tenant(pool_, organization,
                             kCandidates + " WHERE s.org_id = $1 AND s.id = ANY ($2::uuid[])",
                             {organization, ids});
  if (!rows) return fail(rows.error());
  return candidates_of(*rows);
}

Result<OperationRecord> OperationRepository::insert(OrganizationKey organization,
                                                    const NewOperation& operation, WallTime now) {
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  if (auto place = claim_place(**transaction, organization); !place) return fail(place.error());
  auto record = insert_operation(**transaction, organization, operation, now);
  if (!record) return record;
  auto filled = insert_targets(**transaction, *record, operation.targets);
  if (!filled) return fail(filled.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return record;
}

Result<OperationRecord> OperationRepository::find(OrganizationKey organization, const Uuid& id) {
  auto rows = exec_as_tenant(pool_, organization,
                             select_operations(operation_sql::record_columns()) + " AND id = $2",
                             {organization, id});
  if (!rows) return fail(rows.error());
  return one_of(*rows);
}

Result<std::vector<OperationRecord>> OperationRepository::list(OrganizationKey organization,
                                                               const OperationListing& listing) {
  std::optional<std::string> state;
  if (listing.state) state = to_string(*listing.state);
  std::optional<WallTime> before;
  std::optional<Uuid> last;
  if (listing.before) before = listing.before->created_at;
  if (listing.before) last = listing.before->id;
  auto rows = exec_as_tenant(
      pool_, organization,
      select_operations(operation_sql::summary_columns()) +
          " AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR action = $3) "
          "AND ($4::timestamptz IS NULL OR created_at < $4 OR (created_at = $4 AND id > $5::uuid)) "
          "ORDER BY created_at DESC, id LIMIT $6",
      {organization, state, listing.action, before, last, listing.limit});
  if (!rows) return fail(rows.error());
  std::vector<OperationRecord> operations;
  for (int i = 0; i < rows->size(); ++i) {
    operations.push_back(operation_sql::record_of(*rows, i));
  }
  return operations;
}

Result<std::vector<OperationTarget>> OperationRepository::targets(OrganizationKey organization,
                                                                  const Uuid& operation,
                                                                  const TargetListing& listing) {
  std::optional<std::string> state;
  if (listing.state) state = to_string(*listing.state);
  auto rows = exec_as_tenant(
      pool_, organization,
      "SELECT " + operation_sql::target_columns() +
          " FROM fleet_operation_targets WHERE org_id = $1 AND operation_id = $2 "
          "AND ordinal >= $3 AND ($4::text IS NULL OR state = $4) ORDER BY ordinal LIMIT $5",
      {organization, operation, listing.from_ordinal, state, listing.limit});
  if (!rows) return fail(rows.error());
  std::vector<OperationTarget> targets;
  for (int i = 0; i < rows->size(); ++i) targets.push_back(operation_sql::target_of(*rows, i));
  return targets;
}

Result<OperationRecord> OperationRepository::cancel(OrganizationKey organization, const Uuid& id,
                                                    std::optional<std::int64_t> expected_version) {
  auto rows = exec_as_tenant(pool_, organization,
                             "UPDATE fleet_operations SET state = 'canceling', "
                             "version = version + 1 WHERE org_id = $1 AND id = $2 "
                             "AND state IN ('pending', 'running') "
                             "AND ($3::bigint IS NULL OR version = $3) RETURNING " +
                                 operation_sql::summary_columns(),
                             {organization, id, expected_version});
  if (!rows) return fail(rows.error());
  if (!rows->empty()) return one_of(*rows);
  auto there = find(organization, id);
  if (there && expected_version && there->version != *expected_version) {
    return fail(ErrorCode::kConflict, std::string(kOperationChanged));
  }
  if (!there || there->state == OperationState::kCanceling ||
      there->state == OperationState::kCanceled) {
    return there;
  }
  return fail(ErrorCode::kConflict, "the operation has ended");
}

}  // namespace muster
