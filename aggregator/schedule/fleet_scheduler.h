// The schedule of the whole fleet: hands each server to the loop that it lives on. Callable from
// any thread; the work happens on the loops. Owned by app/.
#pragma once

#include <memory>
#include <vector>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/schedule/loop_scheduler.h"

namespace muster {

class FleetScheduler final : public FleetSink {
 public:
  // One for each loop, in the order of the loops; they outlive this.
  struct Place {
    EventLoop* loop;
    LoopScheduler* scheduler;
  };
  explicit FleetScheduler(std::vector<Place> places) : places_(std::move(places)) {}

  void upsert(ServerPointer server) override;
  void remove(ServerPointer server) override;
  void set_probes(const LoopScheduler::Probes& probes);
  // Asked and answered on the server's loop.
  void check_now(ServerKey server, LoopScheduler::Wanted wanted, LoopScheduler::Answer answer);

 private:
  const Place& place_of(ServerKey server) const;

  const std::vector<Place> places_;
};

}  // namespace muster
