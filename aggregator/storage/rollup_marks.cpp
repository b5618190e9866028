#include "aggregator/storage/rollup_marks.h"

#include <algorithm>
#include <map>

namespace muster {
namespace {

// The level that is computed from a table.
const std::string* level_from(const std::string& table) {
  static const std::map<std::string, std::string> kLevels{
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

DbResult<bool> is_rolled_up(Connection& connection, const std::string& table, WallTime until,
                            RollupSpan span) {
  const std::string* level = level_from(table);
  if (level == nullptr) return true;
  auto rows = connection.exec(
      "SELECT EXISTS (SELECT FROM rollup_mark WHERE rollup = $1 AND upto >= $2) "
      "AND NOT EXISTS (SELECT FROM rollup_dirty WHERE rollup = $1 AND ts < $2)",
      {*level, until + span.holds});
  if (!rows) return fail(rows.error());
  return rows->boolean(0, 0);
}

}  // namespace muster
