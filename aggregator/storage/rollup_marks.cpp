#include "aggregator/storage/rollup_marks.h"

#include <algorithm>

namespace muster {
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

}  // namespace muster
