#include "common/base/rfc3339.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DateTimeParser.h>

#include <regex>

namespace muster {

std::string to_rfc3339(WallTime time) {
  const Poco::Timestamp stamp(time.time_since_epoch().count());
  return Poco::DateTimeFormatter::format(stamp, "%Y-%m-%dT%H:%M:%S.%iZ");
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
