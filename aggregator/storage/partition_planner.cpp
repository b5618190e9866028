#include "aggregator/storage/partition_planner.h"

#include <array>
#include <cstdio>

namespace muster {
namespace {

using namespace std::chrono;

year_month month_of(WallTime time) {
  const year_month_day date(floor<days>(time));
  return date.year() / date.month();
}

WallTime first_instant(year_month month) {
  return WallTime(sys_days(month / 1));
}

}  // namespace

std::vector<TimeRange> PartitionPlanner::wanted(WallTime now) {
  const year_month last = month_of(now) + months(kMonthsAhead);
  std::vector<TimeRange> ranges;
  for (year_month month = month_of(now - hours(1)); month <= last; month += months(1)) {
    ranges.push_back({first_instant(month), first_instant(month + months(1))});
  }
  return ranges;
}

std::string PartitionPlanner::name(std::string_view table, const TimeRange& range) {
  const year_month month = month_of(range.from);
  std::array<char, 16> suffix;
  std::snprintf(suffix.data(), suffix.size(), "_%04d_%02u", static_cast<int>(month.year()),
                static_cast<unsigned>(month.month()));
  return std::string(table) + suffix.data();
}

}  // namespace muster
