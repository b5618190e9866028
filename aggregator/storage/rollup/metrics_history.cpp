#include "aggregator/storage/rollup/metrics_history.h"

#include <algorithm>

#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/rollup/bucket_rows.h"
#include "aggregator/storage/rollup/custom_history.h"
#include "aggregator/storage/rollup/metrics_rollup.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

std::vector<StandardMetric> chosen(const std::vector<std::string>& fields) {
  std::vector<StandardMetric> metrics;
  for (const StandardMetric& metric : kStandardMetrics) {
    if (fields.empty() || std::ranges::find(fields, metric.name) != fields.end()) {
      metrics.push_back(metric);
    }
  }
  return metrics;
}

std::string average_of(const StandardMetric& metric) {
  const std::string name(metric.name);
  if (metric.kind == StandardMetric::Kind::kCounter) {
    return name + "_increase / nullif(" + name + "_seconds, 0)";
  }
  return name + "_sum::float8 / nullif(" + readings_of(name) + ", 0)";
}

std::string columns_of(const std::vector<StandardMetric>& metrics, bool averages_only) {
  std::string sql = micros("ts") + ", samples";
  for (const StandardMetric& metric : metrics) {
    const std::string name(metric.name);
    sql += ", " + average_of(metric);
    if (!averages_only) sql += ", " + name + "_min, " + name + "_max, " + name + "_last";
  }
  return sql;
}

MetricsBucket bucket_of(const Rows& rows, int row, const std::vector<StandardMetric>& metrics,
                        bool averages_only) {
  MetricsBucket bucket{rows.time(row, 0), rows.integer(row, 1), {}};
  int column = 2;
  for (const StandardMetric& metric : metrics) {
    if (!rows.is_null(row, column)) {
      MetricsStatistics statistics{rows.number(row, column)};
      if (!averages_only) {
        statistics.least = rows.number(row, column + 1);
        statistics.most = rows.number(row, column + 2);
        statistics.last = rows.number(row, column + 3);
      }
      bucket.values.push_back({metric.name, statistics});
    }
    column += averages_only ? 1 : 4;
  }
  return bucket;
}

DbResult<std::vector<MetricsBucket>> read_buckets(Connection& connection,
                                                  const RollupSubject& subject, Period period,
                                                  const MetricsQuery& query) {
  const std::vector<StandardMetric> metrics = chosen(query.fields);
  if (metrics.empty()) return {};
  const Rollup rollup = metrics_rollup(metrics);
  const auto marks = read_rollup_marks(connection, rollup.name);
  if (!marks) return fail(marks.error());
  const auto found =
      read_newest(connection, select_buckets(rollup, subject, period, query.range, *marks),
                  columns_of(metrics, query.averages_only), "ts DESC", query.limit);
  if (!found) return fail(found.error());
  std::vector<MetricsBucket> buckets;
  buckets.reserve(static_cast<std::size_t>(query.limit));
  for (auto rows = found->rbegin(); rows != found->rend(); ++rows) {
    for (int i = rows->size() - 1; i >= 0; --i) {
      buckets.push_back(bucket_of(*rows, i, metrics, query.averages_only));
    }
  }
  return buckets;
}

// Where the history of each period begins.
DbResult<std::array<WallTime, 4>> read_oldest(Connection& connection) {
  std::array<WallTime, 4> oldest;
  for (const Period period : {Period::kMinute, Period::kFiveMinutes, Period::kHour, Period::kDay}) {
    const Rollup& rollup = metrics_rollup();
    auto bounds = partition_bounds(connection,
                                   period == Period::kMinute ? rollup.facts : rollup.table(period));
    if (!bounds) return fail(bounds.error());
    oldest[static_cast<std::size_t>(period)] = PartitionPlanner::covered_from(std::move(*bounds));
  }
  return oldest;
}

}  // namespace

Result<MetricsAnswer> MetricsHistory::read(OrganizationKey organization,
                                           const MetricsQuery& query) {
  return read_as_tenant(pool_, organization, [&](Connection& connection) {
    return read_on(connection, organization, query);
  });
}

DbResult<MetricsAnswer> MetricsHistory::read_on(Connection& connection,
                                                OrganizationKey organization,
                                                const MetricsQuery& query) const {
  MetricsAnswer answer;
  if (query.period) {
    answer.period = *query.period;
  } else {
    const auto oldest = read_oldest(connection);
    if (!oldest) return fail(oldest.error());
    answer.period = choose_period(query.range, query.limit, *oldest);
  }
  const RollupSubject subject{organization, query.server, span_};
  auto buckets = read_buckets(connection, subject, answer.period, query);
  if (!buckets) return fail(buckets.error());
  answer.buckets = std::move(*buckets);
  if (auto read = read_custom_series(connection, subject, query, answer); !read) {
    return fail(read.error());
  }
  return answer;
}

}  // namespace muster
