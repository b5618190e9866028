#include "aggregator/health/known_health.h"

namespace muster {

void go_on_from(const HealthChange& change, Server& server) {
  if (change.slot_ms <= server.known_slot_ms) return;
  const bool hidden = !change.announced && change.to == HealthState::kUnknown;
  server.known_before = hidden ? std::optional(server.announced_state()) : std::nullopt;
  server.known_state = change.to;
  server.known_since = change.at;
  server.known_slot_ms = change.slot_ms;
}

}  // namespace muster
