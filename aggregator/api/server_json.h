// How the API shows a server: what the database holds, with the health that memory knows laid over
// it, since the database follows a moment later. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aggregator/api/json_writer.h"
#include "aggregator/live/live_table.h"
#include "aggregator/storage/server_record.h"

namespace muster {

struct ShownHealth {
  HealthState state = HealthState::kUnknown;
  FailureReason reason = FailureReason::kNone;
  std::string message;
  std::optional<WallTime> since;
  std::optional<WallTime> last_seen;
  BreakerState breaker = BreakerState::kClosed;
};

ShownHealth shown_health(const ServerRecord& server, const LiveTable& live);
ShownHealth shown_health(const ServerRecord& server, const std::optional<LiveServer>& live);

// The members only, so that a caller may add some of its own before it closes the object. A list
// leaves out the PEM texts, which may have 64 KiB each.
enum class PemTexts : std::uint8_t { kShown, kLeftOut };
void write_server_members(JsonWriter& json, const ServerRecord& server, const ShownHealth& health,
                          PemTexts pem = PemTexts::kShown);

}  // namespace muster
