#include "aggregator/storage/history_repository.h"

#include "aggregator/storage/fact_codes.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

const std::string& select_checks() {
  static const std::string kSql =
      "SELECT " + micros("c.ts") +
      ", c.probe_id, p.name, c.status, c.state, c.reason, c.http_status, c.duration_us, c.dns_us, "
      "c.connect_us, c.tls_us, c.first_byte_us, c.transfer_us, d.message, d.components "
      "FROM server_health_checks AS c "
      "JOIN probes AS p USING (probe_id) "
      "LEFT JOIN check_details AS d ON d.org_id = c.org_id AND d.detail_hash = "
      "nullif(c.detail_hash, 0) "
      "WHERE c.org_id = $1 AND c.server_key = $2 AND c.ts >= $3 AND c.ts < $4 "
      "AND ($5::text IS NULL OR p.name = $5) "
      "AND ($6::text IS NULL OR c.status = $6::\"char\") "
      "AND ($7::timestamptz IS NULL OR (c.ts, c.probe_id) < ($7, $8::smallint)) "
      "ORDER BY c.ts DESC, c.probe_id DESC LIMIT $9";
  return kSql;
}

HealthCheckRecord check_of(const Rows& rows, int row) {
  const auto phase = [&](int column) {
    return std::chrono::microseconds(rows.integer(row, column));
  };
  HealthCheckRecord check;
  check.at = rows.time(row, 0);
  check.probe_id = static_cast<int>(rows.integer(row, 1));
  check.probe = rows.text(row, 2);
  check.status = status_of_code(rows.text(row, 3).front());
  check.state = state_of_code(rows.text(row, 4).front());
  check.reason = failure_reason_from(static_cast<std::int32_t>(rows.integer(row, 5)))
                     .value_or(FailureReason::kNone);
  check.http_status = static_cast<int>(rows.integer(row, 6));
  check.duration = phase(7);
  check.phases = {phase(8), phase(9), phase(10), phase(11), phase(12)};
  check.message = rows.text(row, 13);
  if (!rows.is_null(row, 14)) check.components_json = rows.text(row, 14);
  return check;
}

}  // namespace

Result<std::vector<HealthCheckRecord>> HistoryRepository::health(OrganizationKey organization,
                                                                 const HealthHistoryQuery& query) {
  std::optional<std::string> status;
  if (query.status) status = std::string(1, code_of(*query.status));
  std::optional<WallTime> before;
  if (query.before) before = query.before->at;
  auto rows = exec_as_tenant(pool_, organization, select_checks(),
                             {organization, query.server, query.from, query.to, query.probe, status,
                              before, query.before ? query.before->probe_id : 0, query.limit});
  if (!rows) return fail(rows.error());
  std::vector<HealthCheckRecord> checks;
  checks.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) checks.push_back(check_of(*rows, i));
  return checks;
}

}  // namespace muster
