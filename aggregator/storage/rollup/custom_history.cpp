#include "aggregator/storage/rollup/custom_history.h"

#include <map>

#include "aggregator/storage/rollup/custom_rollup.h"

namespace muster {
namespace {

constexpr int kMostPoints = 50'000;

// By their number.
using SeriesById = std::map<std::int64_t, MetricsSeries>;

DbResult<SeriesById> find_series(Connection& connection, const RollupSubject& subject,
                                 const std::vector<std::string>& names) {
  auto rows = connection.exec(
      "SELECT series_id, name, counter, labels FROM metric_series "
      "JOIN server_series USING (org_id, series_id) "
      "WHERE org_id = $1 AND server_key = $2 AND ($3::text[] = '{}' OR name = ANY($3))",
      {subject.organization, subject.server, names});
  if (!rows) return fail(rows.error());
  SeriesById found;
  for (int i = 0; i < rows->size(); ++i) {
    found[rows->integer(i, 0)] = {
        std::string(rows->text(i, 1)), rows->boolean(i, 2), std::string(rows->text(i, 3)), {}};
  }
  return found;
}

std::vector<std::int64_t> ids_of(const SeriesById& series) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, one] : series) ids.push_back(id);
  return ids;
}

void take_points(const Rows& rows, SeriesById& series, MetricsAnswer& answer) {
  answer.series_truncated = rows.size() == kMostPoints;
  for (int i = rows.size() - 1; i >= 0; --i) {
    if (rows.is_null(i, 3)) continue;  // a counter with nothing to compare to
    series[rows.integer(i, 1)].points.push_back(
        {rows.time(i, 0),
         rows.integer(i, 2),
         {rows.number(i, 3), rows.number(i, 4), rows.number(i, 5), rows.number(i, 6)}});
  }
  std::multimap<std::string, MetricsSeries> by_name;
  for (auto& [id, one] : series) {
    if (!one.points.empty()) by_name.emplace(one.name, std::move(one));
  }
  for (auto& [name, one] : by_name) answer.series.push_back(std::move(one));
}

}  // namespace

DbResult<void> read_custom_series(Connection& connection, RollupSubject subject,
                                  const MetricsQuery& query, MetricsAnswer& answer) {
  auto series = find_series(connection, subject, query.fields);
  if (!series) return fail(series.error());
  if (series->empty()) return {};
  auto marks = read_rollup_marks(connection, custom_rollup().name);
  if (!marks) return fail(marks.error());
  subject.only = "series_id = ANY($7::int[])";
  subject.only_param = ids_of(*series);
  RollupQuery buckets =
      select_buckets(custom_rollup(), subject, answer.period, query.range, *marks);
  const std::string sql = "SELECT " + micros("ts") +
                          ", series_id, samples, CASE WHEN seconds IS NULL THEN sum / samples "
                          "ELSE sum / nullif(seconds, 0) END, min, max, last FROM (" +
                          buckets.sql + ") AS b ORDER BY ts DESC, series_id LIMIT " +
                          buckets.add(kMostPoints);
  auto rows = connection.exec(sql, buckets.params);
  if (!rows) return fail(rows.error());
  take_points(*rows, *series, answer);
  return {};
}

}  // namespace muster
