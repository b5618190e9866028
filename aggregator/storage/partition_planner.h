// Which monthly partitions there should be, by UTC alone, so that no time zone can shift a bound.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"

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

  // The month of `now` and three more; in the first hour of a month also the one before, for
  // results that were on their way when it ended.
  static std::vector<TimeRange> wanted(WallTime now);

  static std::string name(std::string_view table, const TimeRange& range);  // "checks_2026_11"
};

}  // namespace muster
