#include "aggregator/health/health_tracker.h"

#include <algorithm>

#include "common/base/log.h"

namespace muster {

bool HealthTracker::on_result(const CheckResult& result) {
  ServerHealth& health = health_of(*result.server);
  const bool undecided = result.probe->affects_health && apply(health, result);
  const HealthState state = state_of(health, *result.server);
  Verdict verdict{state, health.since, std::nullopt};
  if (state != health.state) {
    verdict.since = result.started_at;
    // Probes of one server end in any order, but its changes must be told apart by their slots.
    health.last_change_slot_ms = std::max(health.last_change_slot_ms + 1, result.slot_ms);
    verdict.change = HealthChange{result.server,
                                  health.state,
                                  state,
                                  result.reason,
                                  result.message(),
                                  result.started_at,
                                  health.last_change_slot_ms};
    log::info("server.state_changed", {{"server", result.server->name},
                                       {"from", to_string(health.state)},
                                       {"to", to_string(state)},
                                       {"reason", to_string(result.reason)},
                                       {"message", result.message()}});
    health.state = state;
    health.since = result.started_at;
  }
  log::debug("check.done", {{"server", result.server->name},
                            {"probe", result.probe->name},
                            {"status", to_string(result.status)},
                            {"reason", to_string(result.reason)},
                            {"duration_us", result.duration.count()}});
  sink_.on_result(result, verdict);
  return undecided;
}

void HealthTracker::on_forget(ServerKey server, const std::string& probe) {
  const auto found = servers_.find(server);
  if (found == servers_.end()) return;
  found->second.probes.erase(probe);
  if (found->second.probes.empty()) servers_.erase(found);
}

// A server seen for the first time goes on from the state that the database remembers.
HealthTracker::ServerHealth& HealthTracker::health_of(const Server& server) {
  const auto [entry, fresh] = servers_.try_emplace(server.key);
  if (fresh) {
    entry->second.state = server.known_state;
    entry->second.since = server.known_since;
  }
  return entry->second;
}

// True when the probe's results say something else than its state, but not often enough yet.
bool HealthTracker::apply(ServerHealth& health, const CheckResult& result) {
  const auto seen = observed(result);
  if (!seen) return false;
  const auto [entry, fresh] = health.probes.try_emplace(result.probe->name);
  const HealthState known = result.server->known_state;
  if (fresh && known != HealthState::kUnknown && known != HealthState::kMaintenance) {
    entry->second = {known, true, known, 0};
  }
  entry->second = observe(entry->second, *seen, result.probe->thresholds);
  return entry->second.streak > 0;
}

HealthState HealthTracker::state_of(const ServerHealth& health, const Server& server) {
  if (server.status == Server::Status::kMaintenance) return HealthState::kMaintenance;
  if (health.probes.empty()) return health.state;
  HealthState worst = HealthState::kHealthy;
  for (const auto& [name, probe] : health.probes) {
    if (severity(probe.state) > severity(worst)) worst = probe.state;
  }
  return worst;
}

}  // namespace muster
