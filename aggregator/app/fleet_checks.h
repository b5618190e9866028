// Checks of single servers by the schedule, at once. Which probes collect metrics is known by what
// they brought last. Thread-safe.
#pragma once

#include "aggregator/live/live_table.h"
#include "aggregator/operations/server_checks.h"
#include "aggregator/schedule/fleet_scheduler.h"

namespace muster {

class FleetChecks final : public ServerChecks {
 public:
  FleetChecks(FleetScheduler& scheduler, const LiveTable& live)
      : scheduler_(scheduler), live_(live) {}

  void check(ServerKey server, ChecksWanted wanted, Answer answer) override;

 private:
  FleetScheduler& scheduler_;
  const LiveTable& live_;
};

}  // namespace muster
