#include "aggregator/storage/history_repository.h"

#include <algorithm>

#include "aggregator/storage/fact_codes.h"
#include "common/model/standard_metrics.h"

namespace muster {
namespace {

const std::string& select_checks() {
  static const std::string kSql =
      "SELECT " + micros("c.ts") +
      ", c.probe_id, p.name, c.status, c.state, c.reason, c.http_status, c.duration_us, c.dns_us, "
      "c.connect_us, c.tls_us, c.first_byte_us, c.transfer_us, d.message, d.components "
      "FROM server_health_checks AS c "
      "JOIN probes AS p USING (probe_id) "
      "LEFT JOIN check_details AS d ON d.org_id = c.org_id AND d.detail_hash = c.detail_hash "
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

const char* interval_of(MetricsPeriod period) {
  switch (period) {
    case MetricsPeriod::kMinute:
      return "1 minute";
    case MetricsPeriod::kFiveMinutes:
      return "5 minutes";
    case MetricsPeriod::kHour:
      return "1 hour";
    case MetricsPeriod::kDay:
      return "1 day";
  }
  return "1 minute";
}

// A counter becomes its rate a second; where it fell (the server began anew) there is none.
std::string reading_of(const StandardMetric& metric) {
  std::string name(metric.name);
  if (metric.kind == StandardMetric::Kind::kGauge) return name;
  const std::string before = "lag(" + name + ") OVER w";
  return "CASE WHEN " + name + " >= " + before + " THEN (" + name + " - " + before +
         ") / nullif(extract(epoch FROM ts - lag(ts) OVER w), 0) END AS " + name;
}

std::string aggregates_of(std::string_view name) {
  std::string sql;
  for (const char* function : {"avg", "min", "max"}) {
    sql.append(", ").append(function).append("(").append(name).append(")::float8");
  }
  return sql;
}

const std::string& select_buckets() {
  static const std::string kSql = [] {
    std::string readings, aggregates;
    for (const StandardMetric& metric : kStandardMetrics) {
      readings += ", " + reading_of(metric);
      aggregates += aggregates_of(metric.name);
    }
    return "SELECT " + micros("bucket") + ", count(*)" + aggregates +
           " FROM (SELECT date_bin($5::interval, ts, 'epoch'::timestamptz) AS bucket" + readings +
           " FROM server_metrics_aggregated "
           "WHERE org_id = $1 AND server_key = $2 AND ts >= $3 AND ts < $4 "
           "WINDOW w AS (ORDER BY ts)) AS r GROUP BY bucket ORDER BY bucket DESC LIMIT $6";
  }();
  return kSql;
}

MetricsBucket bucket_of(const Rows& rows, int row) {
  MetricsBucket bucket{rows.time(row, 0), rows.integer(row, 1), {}};
  int column = 2;
  for (const StandardMetric& metric : kStandardMetrics) {
    if (!rows.is_null(row, column)) {
      bucket.values.push_back({metric.name, rows.number(row, column), rows.number(row, column + 1),
                               rows.number(row, column + 2)});
    }
    column += 3;
  }
  return bucket;
}

}  // namespace

Result<std::vector<HealthCheckRecord>> HistoryRepository::health(OrganizationKey organization,
                                                                 const HealthHistoryQuery& query) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  std::optional<std::string> status;
  if (query.status) status = std::string(1, code_of(*query.status));
  std::optional<WallTime> before;
  if (query.before) before = query.before->at;
  auto rows = (*lease)->exec(select_checks(),
                             {organization, query.server, query.from, query.to, query.probe, status,
                              before, query.before ? query.before->probe_id : 0, query.limit});
  if (!rows) return fail(rows.error());
  std::vector<HealthCheckRecord> checks;
  checks.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) checks.push_back(check_of(*rows, i));
  return checks;
}

Result<std::vector<MetricsBucket>> HistoryRepository::metrics(OrganizationKey organization,
                                                              const MetricsQuery& query) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec(select_buckets(), {organization, query.server, query.from, query.to,
                                                interval_of(query.period), query.limit});
  if (!rows) return fail(rows.error());
  std::vector<MetricsBucket> buckets;
  buckets.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = rows->size() - 1; i >= 0; --i) buckets.push_back(bucket_of(*rows, i));
  return buckets;
}

}  // namespace muster
