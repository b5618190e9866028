#include "aggregator/health/health_tracker.h"

#include <algorithm>

#include "common/base/log.h"

namespace muster {

bool HealthTracker::on_result(const CheckResult& result) {
  ServerHealth& health = health_of(*result.server);
  const bool undecided = result.probe->affects_health && apply(health, result);
  const HealthState state = state_of(health, *result.server);
  Verdict verdict{state, health.since, std::nullopt, std::nullopt};
  if (result.probe->affects_health) verdict.probe = health_of_probe(health, result);
  if (state != health.state) {
    verdict.change = move(health, state, result);
    verdict.since = health.since;
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
  std::erase_if(found->second.probes, [&](const auto& entry) { return entry.first == probe; });
  if (found->second.probes.empty()) servers_.erase(found);
}

// A server seen for the first time goes on from the state that the last run left it in.
HealthTracker::ServerHealth& HealthTracker::health_of(const Server& server) {
  const auto [entry, fresh] = servers_.try_emplace(server.key);
  if (fresh) {
    ServerHealth& health = entry->second;
    health.state = server.known_state;
    health.since = health.announced_since = server.known_since;
    health.announced = server.announced_state();
    health.last_change_slot_ms = server.known_slot_ms;
  }
  return entry->second;
}

ProbeHealth& HealthTracker::health_of_probe(ServerHealth& health, const CheckResult& result) {
  const std::string& name = result.probe->name;
  for (auto& [known, probe] : health.probes) {
    if (known == name) return probe;
  }
  ProbeHealth& fresh = health.probes.emplace_back(name, ProbeHealth()).second;
  const HealthState known = result.server->announced_state();
  if (known != HealthState::kUnknown && known != HealthState::kMaintenance) {
    fresh = {known, true, known, 0, result.server->known_before.has_value()};
  }
  return fresh;
}

// True when the probe's results say something else than its state, but not often enough yet.
bool HealthTracker::apply(ServerHealth& health, const CheckResult& result) {
  const bool ours = result.reason == FailureReason::kSelf;
  const auto seen = observed(result);
  if (!seen && !ours) return false;
  ProbeHealth& probe = health_of_probe(health, result);
  probe = ours ? blinded(probe) : observe(probe, *seen, result.probe->thresholds);
  return !ours && probe.streak > 0;
}

HealthState HealthTracker::state_of(const ServerHealth& health, const Server& server) {
  if (server.status == Server::Status::kMaintenance) return HealthState::kMaintenance;
  if (health.probes.empty()) return health.state;
  HealthState worst = HealthState::kHealthy;
  for (const auto& [name, probe] : health.probes) {
    const HealthState state = probe.blind ? HealthState::kUnknown : probe.state;
    if (severity(state) > severity(worst)) worst = state;
  }
  return worst;
}

// Whether the server is shown as unknown only because a fault of our own keeps us from seeing it.
bool HealthTracker::is_hidden(const ServerHealth& health, HealthState shown) {
  return shown == HealthState::kUnknown &&
         std::ranges::any_of(health.probes, [](const auto& entry) { return entry.second.blind; });
}

// What a fault of our own hid and what comes back as it was before is stored but told to nobody:
// the fault itself is the one event.
HealthChange HealthTracker::move(ServerHealth& health, HealthState to, const CheckResult& result) {
  const bool hidden = is_hidden(health, to);
  const bool announced = !hidden && to != health.announced;
  const HealthState from = announced ? health.announced : health.state;
  // Probes of one server end in any order, but its changes must be told apart by their slots.
  health.last_change_slot_ms = std::max(health.last_change_slot_ms + 1, result.slot_ms);
  health.state = to;
  health.since = hidden || announced ? result.started_at : health.announced_since;
  if (announced) {
    health.announced = to;
    health.announced_since = health.since;
  }
  log::write(announced ? log::Level::kInfo : log::Level::kDebug, "server.state_changed",
             {{"server", result.server->name},
              {"from", to_string(from)},
              {"to", to_string(to)},
              {"reason", to_string(result.reason)},
              {"message", result.message()}});
  return {from,     to, result.reason, result.message(), health.since, health.last_change_slot_ms,
          announced};
}

}  // namespace muster
