#include "aggregator/storage/rollup_marks.h"

#include <algorithm>
#include <map>

namespace muster {
namespace {

// The level that is computed from a table.
const std::string* level_from(std::string_view table) {
  static const std::map<std::string, std::string, std::less<>> kLevels{
      {"server_health_checks", "health_5m"}, {"server_health_5m", "health_1h"},
      {"server_health_1h", "health_1d"},     {"server_metrics_aggregated", "metrics_5m"},
      {"server_metrics_5m", "metrics_1h"},   {"server_metrics_1h", "metrics_1d"},
      {"custom_metrics", "custom_5m"},       {"custom_metrics_5m", "custom_1h"},
      {"custom_metrics_1h", "custom_1d"},
  };
  const auto found = kLevels.find(table);
  return found == kLevels.end() ? nullptr : &found->second;
}

}  // namespace

WallTime RollupMarks::upto(Period period) const {
  switch (period) {
    case Period::kMinute:
      return WallTime::max();
    case Period::kFiveMinutes:
      return five_minutes;
    case Period::kHour:
      return hour;
    case Period::kDay:
      return day;
  }
  return WallTime();
}

DbResult<RollupMarks> read_rollup_marks(Connection& connection, const std::string& rollup) {
  auto rows = connection.exec(
      "SELECT rollup, " + micros("upto") + " FROM rollup_mark WHERE rollup = ANY($1::text[])",
      {std::vector<std::string>{rollup + "_5m", rollup + "_1h", rollup + "_1d"}});
  if (!rows) return fail(rows.error());
  RollupMarks marks;
  for (int i = 0; i < rows->size(); ++i) {
    const std::string_view level = rows->text(i, 0);
    (level.ends_with("5m")   ? marks.five_minutes
     : level.ends_with("1h") ? marks.hour
                             : marks.day) = rows->time(i, 1);
  }
  marks.hour = std::min(marks.hour, marks.five_minutes);
  marks.day = std::min(marks.day, marks.hour);
  return marks;
}

DbResult<WallTime> rolled_up_until(Connection& connection, std::string_view table,
                                   RollupSpan span) {
  const std::string* level = level_from(table);
  if (level == nullptr) return WallTime::max();
  auto rows = connection.exec(
      "SELECT " + micros("least(upto, (SELECT min(ts) FROM rollup_dirty WHERE rollup = $1))") +
          " FROM rollup_mark WHERE rollup = $1",
      {*level});
  if (!rows) return fail(rows.error());
  return rows->empty() ? WallTime() : rows->time(0, 0) - span.holds;
}

}  // namespace muster
