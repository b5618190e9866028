// RFC 3339 timestamps: always UTC with a 'Z' and milliseconds when written; any offset when read.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muster {

std::string to_rfc3339(WallTime time);  // "2026-11-23T08:00:00.123Z"
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace muster
