#include "aggregator/storage/rollup/custom_history.h"

#include <map>

#include "aggregator/storage/rollup/bucket_rows.h"
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

void take_points(const Rows& rows, SeriesById& series) {
  for (int i = rows.size() - 1; i >= 0; --i) {
    if (rows.is_null(i, 3)) continue;  // a counter with nothing to compare to
    series[rows.integer(i, 1)].points.push_back(
        {rows.time(i, 0),
         rows.integer(i, 2),
         {rows.number(i, 3), rows.number(i, 4), rows.number(i, 5), rows.number(i, 6)}});
  }
}

// By name, those that have points.
std::vector<MetricsSeries> listed(SeriesById series) {
  std::multimap<std::string, MetricsSeries> by_name;
  for (auto& [id, one] : series) {
    if (!one.points.empty()) by_name.emplace(one.name, std::move(one));
  }
  std::vector<MetricsSeries> list;
  for (auto& [name, one] : by_name) list.push_back(std::move(one));
  return list;
}

}  // namespace

DbResult<void> read_custom_series(Connection& connection, RollupSubject subject,
                                  const MetricsQuery& query, MetricsAnswer& answer) {
  auto series = find_series(connection, subject, query.fields);
  if (!series) return fail(series.error());
  if (series->empty()) return {};
  auto marks = read_rollup_marks(connection, custom_rollup().name);
  if (!marks) return fail(marks.error());
  subject.series = ids_of(*series);
  const std::string columns = micros("ts") +
                              ", series_id, samples, CASE WHEN seconds IS NULL THEN sum / samples "
                              "ELSE sum / nullif(seconds, 0) END, min, max, last";
  const auto found = read_newest(
      connection, select_buckets(custom_rollup(), subject, answer.period, query.range, *marks),
      columns, "ts DESC, series_id", kMostPoints);
  if (!found) return fail(found.error());
  int points = 0;
  for (auto rows = found->rbegin(); rows != found->rend(); ++rows) {
    take_points(*rows, *series);
    points += rows->size();
  }
  answer.series_truncated = points == kMostPoints;
  answer.series = listed(std::move(*series));
  return {};
}

}  // namespace muster
