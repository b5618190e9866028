// Which partitions there should be, by UTC alone, so that no time zone can shift a bound. What is
// there already decides what is missing, so the period of a table may change at any time. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/model/partition_policy.h"

namespace muster {

struct TimeRange {
  WallTime from;  // inclusive
  WallTime to;    // exclusive

  bool operator==(const TimeRange&) const = default;
  bool contains(WallTime time) const { return from <= time && time < to; }
  bool overlaps(const TimeRange& other) const { return from < other.to && other.from < to; }
};

class PartitionPlanner {
 public:
  static constexpr int kMonthsAhead = 3;
  static constexpr int kShortPeriodsAhead = 7;  // days or weeks

  // The period of `now` and the ones ahead; in the first hour of a period also the one before, for
  // results that were on their way when it ended. Weeks begin on Monday.
  static std::vector<TimeRange> wanted(WallTime now,
                                       PartitionPeriod period = PartitionPeriod::kMonthly);

  // The parts of `wanted` that nothing of `there` covers, so that nothing overlaps.
  static std::vector<TimeRange> missing(const std::vector<TimeRange>& wanted,
                                        std::vector<TimeRange> there);

  // From where on `there` has no gap up to its newest end: what lies before is a restored archive.
  // WallTime::max() when there is nothing.
  static WallTime covered_from(std::vector<TimeRange> there);

  // Up to where `there` covers all time from `now` on; `now` when it covers nothing.
  static WallTime covered_until(std::vector<TimeRange> there, WallTime now);

  // "checks_2026_11" for a whole month, "checks_2026_11_23" for what begins on that day,
  // "checks_2026_11_23_0600" for what begins within it.
  static std::string name(std::string_view table, const TimeRange& range);
};

}  // namespace muster
