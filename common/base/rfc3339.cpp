#include "common/base/rfc3339.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>

#include <regex>

namespace muster {
namespace {

// `count` digits up to and including the place `last`.
void put_digits(std::string& text, std::size_t last, int count, std::int64_t number) {
  for (; count > 0; --count, --last, number /= 10) {
    text[last] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

// By hand, because a long answer of the API holds thousands of them.
std::string to_rfc3339(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 3, 4, static_cast<int>(date.year()));
  put_digits(text, 6, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 9, 2, static_cast<unsigned>(date.day()));
  put_digits(text, 12, 2, clock.hours().count());
  put_digits(text, 15, 2, clock.minutes().count());
  put_digits(text, 18, 2, clock.seconds().count());
  put_digits(text, 22, 3, clock.subseconds().count());
  return text;
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  // Poco's parser takes more than the RFC allows ("2026-1-2"), so the shape is checked first.
  static const std::regex kShape(
      R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?)"
      R"(([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d))");
  const std::string copy(text);
  Poco::DateTime parsed;
  int offset_seconds = 0;
  if (!std::regex_match(copy, kShape) ||
      !Poco::DateTimeParser::tryParse("%Y-%m-%dT%H:%M:%s%z", copy, parsed, offset_seconds)) {
    return fail(ErrorCode::kInvalid, "not an RFC 3339 time such as 2026-11-23T08:00:00Z");
  }
  const std::chrono::microseconds since_epoch(parsed.timestamp().epochMicroseconds());
  return WallTime(since_epoch - std::chrono::seconds(offset_seconds));
}

}  // namespace muster
