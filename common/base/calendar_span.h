// A length of time as the calendar counts it: "13 months" is no fixed number of days. UTC. A value.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muster {

struct CalendarSpan {
  std::chrono::months months{0};
  std::chrono::days days{0};
  bool endless = false;  // "forever"

  bool operator==(const CalendarSpan&) const = default;

  // The same instant so much earlier, but not before 1970, which is where an endless span leads to.
  // A day that its month does not have is the month's last.
  WallTime before(WallTime time) const;
};

// "13 months", "1 year", "2 weeks", "90 days", "forever"; 1 to 9999 of a unit.
Result<CalendarSpan> parse_calendar_span(std::string_view text);
std::string to_string(const CalendarSpan& span);  // "13 months", "14 days", "forever"

}  // namespace muster
