#include "aggregator/probing/probe_engine.h"

#include "common/plugin/probe_runtime.h"

namespace muster {
namespace {

// As far as the database remembers, from before the daemon started.
bool answered_last(const Server& server) {
  const HealthState state = server.announced_state();
  return state == HealthState::kHealthy || state == HealthState::kDegraded ||
         state == HealthState::kCritical;
}

}  // namespace

ProbeEngine::ProbeEngine(ProbeRuntime& runtime, ResultSink& results, ProbingCounters& counters,
                         const BreakerSettings& breaker, std::size_t most_doubtful,
                         OwnFault& own_fault)
    : runtime_(runtime),
      results_(results),
      counters_(counters),
      breaker_(breaker),
      excuse_(runtime.loop(), own_fault),
      random_(std::random_device{}()) {
  budget_.most = most_doubtful;
}

std::unique_ptr<Check> ProbeEngine::make_check(ServerPointer server, ProbeSpecPointer probe) {
  const ProbeCheck::Surroundings around{runtime_, results_,  budget_, breaker_,
                                        random_,  counters_, excuse_};
  auto contact = contact_of(*server);
  return std::make_unique<ProbeCheck>(around, probes_.at(probe->name), std::move(server),
                                      std::move(probe), std::move(contact));
}

void ProbeEngine::forget(ServerKey server, const std::string& probe) {
  results_.on_forget(server, probe);
  const auto contact = contacts_.find(server);
  if (contact != contacts_.end() && contact->second.expired()) contacts_.erase(contact);
}

std::shared_ptr<ServerContact> ProbeEngine::contact_of(const Server& server) {
  auto& known = contacts_[server.key];
  auto contact = known.lock();
  if (!contact || contact->version != server.version) {
    known = contact = std::make_shared<ServerContact>();
    contact->version = server.version;
    if (answered_last(server)) contact->last_answer = FleetPulse::kExpected;
  }
  return contact;
}

}  // namespace muster
