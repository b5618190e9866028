#include "aggregator/schedule/fleet_scheduler.h"

namespace muster {

void FleetScheduler::upsert(ServerPointer server) {
  const Place& place = place_of(server->key);
  place.loop->post([&place, server = std::move(server)] { place.scheduler->upsert(server); });
}

void FleetScheduler::remove(ServerPointer server) {
  const Place& place = place_of(server->key);
  place.loop->post([&place, key = server->key] { place.scheduler->remove(key); });
}

void FleetScheduler::set_probes(const LoopScheduler::Probes& probes) {
  for (const Place& place : places_) {
    place.loop->post([&place, probes] { place.scheduler->set_probes(probes); });
  }
}

void FleetScheduler::check_now(ServerKey server, LoopScheduler::Wanted wanted,
                               LoopScheduler::Answer answer) {
  const Place& place = place_of(server);
  place.loop->post(
      [&place, server, wanted = std::move(wanted), answer = std::move(answer)]() mutable {
        place.scheduler->check_now(server, wanted, std::move(answer));
      });
}

const FleetScheduler::Place& FleetScheduler::place_of(ServerKey server) const {
  return places_[static_cast<std::size_t>(server) % places_.size()];
}

}  // namespace muster
