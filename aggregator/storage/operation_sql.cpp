#include "aggregator/storage/operation_sql.h"

namespace muster::operation_sql {
namespace {

std::chrono::seconds seconds(const Rows& rows, int row, int column) {
  return std::chrono::seconds(rows.integer(row, column));
}

OperationLimits limits_of(const Rows& rows, int row, int column) {
  OperationLimits limits;
  limits.max_concurrency = static_cast<int>(rows.integer(row, column));
  limits.max_errors = static_cast<int>(rows.integer(row, column + 1));
  limits.target_timeout = seconds(rows, row, column + 2);
  limits.deadline = seconds(rows, row, column + 3);
  limits.pause_between = seconds(rows, row, column + 4);
  return limits;
}

std::string columns(const std::string& request) {
  return "id, org_id, action, state, stop_reason, parameters, " + request +
         ", requested_by, max_concurrency, max_errors, target_timeout_seconds, deadline_seconds, "
         "pause_between_seconds, waves, total, targets_by_state, version, " +
         micros("created_at") + ", " + micros("started_at") + ", " + micros("finished_at");
}

std::string target_columns_with(const std::string& output) {
  return "ordinal, wave, server_key, server_id, server_name, state, attempts, " +
         micros("started_at") + ", " + micros("finished_at") + ", " + output;
}

}  // namespace

const std::string& record_columns() {
  static const std::string kColumns = columns("request");
  return kColumns;
}

const std::string& summary_columns() {
  static const std::string kColumns = columns("NULL");
  return kColumns;
}

OperationRecord record_of(const Rows& rows, int row) {
  OperationRecord record;
  record.id = rows.uuid(row, 0);
  record.organization = static_cast<OrganizationKey>(rows.integer(row, 1));
  record.action = rows.text(row, 2);
  record.state = operation_state_from(rows.text(row, 3)).value_or(OperationState::kFailed);
  if (!rows.is_null(row, 4)) record.stop_reason = rows.text(row, 4);
  record.parameters_json = rows.text(row, 5);
  record.request_json = rows.text(row, 6);
  if (!rows.is_null(row, 7)) record.requested_by = rows.uuid(row, 7);
  record.limits = limits_of(rows, row, 8);
  record.waves = static_cast<int>(rows.integer(row, 13));
  record.total = static_cast<int>(rows.integer(row, 14));
  record.targets_by_state_json = rows.text(row, 15);
  record.version = rows.integer(row, 16);
  record.created_at = rows.time(row, 17);
  record.started_at = rows.optional_time(row, 18);
  record.finished_at = rows.optional_time(row, 19);
  return record;
}

const std::string& target_columns() {
  static const std::string kColumns = target_columns_with("output");
  return kColumns;
}

const std::string& brief_target_columns() {
  static const std::string kColumns = target_columns_with("NULL");
  return kColumns;
}

OperationTarget target_of(const Rows& rows, int row) {
  OperationTarget target;
  target.ordinal = static_cast<int>(rows.integer(row, 0));
  target.wave = static_cast<int>(rows.integer(row, 1));
  if (!rows.is_null(row, 2)) target.server_key = static_cast<ServerKey>(rows.integer(row, 2));
  target.server_id = rows.uuid(row, 3);
  target.server_name = rows.text(row, 4);
  target.state = target_state_from(rows.text(row, 5)).value_or(TargetState::kInterrupted);
  target.attempts = static_cast<int>(rows.integer(row, 6));
  target.started_at = rows.optional_time(row, 7);
  target.finished_at = rows.optional_time(row, 8);
  target.output = rows.text(row, 9);
  return target;
}

Param state_names() {
  return Param(std::vector<std::string>(kTargetStateNames.begin(), kTargetStateNames.end()));
}

Param state_counts(const TargetCounts& counts) {
  return Param(std::vector<std::int64_t>(counts.of.begin(), counts.of.end()));
}

}  // namespace muster::operation_sql
