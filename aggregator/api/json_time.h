// Times in JSON: RFC 3339, null where there is none. Pure.
#pragma once

#include <optional>

#include "aggregator/api/json_writer.h"
#include "common/base/clock.h"
#include "common/base/rfc3339.h"

namespace muster {

inline void write_time(JsonWriter& json, std::string_view name,
                       const std::optional<WallTime>& time) {
  json.key(name);
  time ? json.value(to_rfc3339(*time)) : json.value(nullptr);
}

}  // namespace muster
