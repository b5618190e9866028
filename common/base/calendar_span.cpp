#include "common/base/calendar_span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace muster {
namespace {

using namespace std::chrono;

struct Unit {
  std::string_view name;
  CalendarSpan one;
};

constexpr std::array kUnits{
    Unit{"day", {months(0), days(1)}},
    Unit{"week", {months(0), days(7)}},
    Unit{"month", {months(1), days(0)}},
    Unit{"year", {months(12), days(0)}},
};

constexpr int kMost = 9999;

std::string counted(std::int64_t count, const std::string& unit) {
  return std::to_string(count) + ' ' + unit + (count == 1 ? "" : "s");
}

}  // namespace

WallTime CalendarSpan::before(WallTime time) const {
  if (endless) return WallTime{};
  const auto day = floor<std::chrono::days>(time);
  year_month_day date = year_month_day(day) - months;
  if (!date.ok()) date = date.year() / date.month() / last;
  return std::max(WallTime(sys_days(date) - days) + (time - day), WallTime{});
}

Result<CalendarSpan> parse_calendar_span(std::string_view text) {
  if (text == "forever") return CalendarSpan{.endless = true};
  int count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view word(rest, text.data() + text.size());
  if (error == std::errc() && count >= 1 && count <= kMost && word.starts_with(' ')) {
    word.remove_prefix(1);
    if (word.ends_with('s')) word.remove_suffix(1);
    for (const Unit& unit : kUnits) {
      if (unit.name == word) return CalendarSpan{unit.one.months * count, unit.one.days * count};
    }
  }
  return fail(ErrorCode::kInvalid, "not a time such as 13 months, 2 weeks or forever");
}

std::string to_string(const CalendarSpan& span) {
  if (span.endless) return "forever";
  return span.months.count() > 0 ? counted(span.months.count(), "month")
                                 : counted(span.days.count(), "day");
}

}  // namespace muster
