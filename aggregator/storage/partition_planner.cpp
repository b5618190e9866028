#include "aggregator/storage/partition_planner.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

namespace muster {
namespace {

using namespace std::chrono;

WallTime first_instant(year_month month) {
  return WallTime(sys_days(month / 1));
}

WallTime start_of(WallTime time, PartitionPeriod period) {
  const auto day = floor<days>(time);
  switch (period) {
    case PartitionPeriod::kMonthly: {
      const year_month_day date(day);
      return first_instant(date.year() / date.month());
    }
    case PartitionPeriod::kWeekly:
      return WallTime(day - (weekday(day) - Monday));
    case PartitionPeriod::kDaily:
      break;
  }
  return WallTime(day);
}

WallTime end_of(WallTime start, PartitionPeriod period) {
  const year_month_day date(floor<days>(start));
  switch (period) {
    case PartitionPeriod::kMonthly:
      return first_instant(date.year() / date.month() + months(1));
    case PartitionPeriod::kWeekly:
      return start + days(7);
    case PartitionPeriod::kDaily:
      break;
  }
  return start + days(1);
}

bool is_whole_month(const TimeRange& range) {
  const auto month = PartitionPeriod::kMonthly;
  return start_of(range.from, month) == range.from && end_of(range.from, month) == range.to;
}

}  // namespace

std::vector<TimeRange> PartitionPlanner::wanted(WallTime now, PartitionPeriod period) {
  const WallTime current = start_of(now, period);
  int left = period == PartitionPeriod::kMonthly ? kMonthsAhead : kShortPeriodsAhead;
  std::vector<TimeRange> ranges;
  for (WallTime start = start_of(now - hours(1), period); start <= current || left-- > 0;) {
    ranges.push_back({start, end_of(start, period)});
    start = ranges.back().to;
  }
  return ranges;
}

std::vector<TimeRange> PartitionPlanner::missing(const std::vector<TimeRange>& wanted,
                                                 std::vector<TimeRange> there) {
  std::ranges::sort(there, {}, &TimeRange::from);
  std::vector<TimeRange> gaps;
  for (const TimeRange& range : wanted) {
    WallTime at = range.from;
    for (const TimeRange& taken : there) {
      if (!taken.overlaps({at, range.to})) continue;
      if (at < taken.from) gaps.push_back({at, taken.from});
      at = taken.to;
      if (at >= range.to) break;
    }
    if (at < range.to) gaps.push_back({at, range.to});
  }
  return gaps;
}

WallTime PartitionPlanner::covered_from(std::vector<TimeRange> there) {
  std::ranges::sort(there, std::ranges::greater(), &TimeRange::from);
  WallTime begin = there.empty() ? WallTime::max() : there.front().to;
  for (const TimeRange& range : there) {
    if (range.to != begin) break;
    begin = range.from;
  }
  return begin;
}

WallTime PartitionPlanner::covered_until(std::vector<TimeRange> there, WallTime now) {
  std::ranges::sort(there, {}, &TimeRange::from);
  WallTime end = now;
  for (const TimeRange& range : there) {
    if (range.contains(end)) end = range.to;
  }
  return end;
}

std::string PartitionPlanner::name(std::string_view table, const TimeRange& range) {
  const auto day = floor<days>(range.from);
  const year_month_day date(day);
  const hh_mm_ss time(range.from - day);
  std::array<char, 32> suffix;
  int length = std::snprintf(suffix.data(), suffix.size(), "_%04d_%02u",
                             static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
  const auto append = [&](const char* format, auto... values) {
    length += std::snprintf(suffix.data() + length,
                            suffix.size() - static_cast<std::size_t>(length), format, values...);
  };
  if (!is_whole_month(range)) append("_%02u", static_cast<unsigned>(date.day()));
  if (range.from != WallTime(day)) {
    append("_%02d%02d", static_cast<int>(time.hours().count()),
           static_cast<int>(time.minutes().count()));
  }
  return std::string(table) + suffix.data();
}

}  // namespace muster
