#include "common/model/known_health.h"

#include <utility>

namespace muster {
namespace {

bool is_hidden(const HealthChange& change) {
  return !change.announced && change.to == HealthState::kUnknown;
}

}  // namespace

void KnownHealth::see(HealthChange change) {
  if (!is_hidden(change) && change.slot_ms > seen_slot_ms_) {
    seen_ = change.to;
    seen_slot_ms_ = change.slot_ms;
  }
  if (change.slot_ms > last_.slot_ms) last_ = std::move(change);
}

void KnownHealth::tell(Server& server) const {
  const HealthState before =
      seen_slot_ms_ > server.known_slot_ms ? seen_ : server.announced_state();
  server.known_before = is_hidden(last_) ? std::optional(before) : std::nullopt;
  server.known_state = last_.to;
  server.known_since = last_.at;
  server.known_slot_ms = last_.slot_ms;
  server.known_reason = last_.reason;
  server.known_words = say(last_.message);
}

}  // namespace muster
