// Operations on the fleet: which kinds there are, the thread that runs them, and what they share
// with the API: checks at once, and the news of changed servers, which must come from one place.
// Owned by the Aggregator; start() and stop() from [main].
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/check_quota.h"
#include "aggregator/app/fleet_checks.h"
#include "aggregator/operations/operation_thread.h"

namespace muster {

class FleetOperations {
 public:
  struct Surroundings {  // they outlive this
    ConnectionPool& pool;
    ConnectionSettings owner;
    ServerRepository& servers;
    FleetSink& fleet;
    FleetScheduler& scheduler;
    const LiveTable& live;
    OrganizationRepository& organizations;
    CheckQuota::ChecksPerSecond checks_per_second;
    const Clock& clock;
  };

  explicit FleetOperations(const Surroundings& around);

  void start() { thread_.start(); }
  void stop() { thread_.stop(std::chrono::seconds(1)); }

  OperationControl control();
  ServerChecks& checks() { return checks_; }
  FleetAnnouncer& announcer() { return announcer_; }

 private:
  OperationActions actions(ServerRepository& servers);

  OperationRepository repository_;
  FleetChecks checks_;
  FleetAnnouncer announcer_;
  const CheckQuota quota_;
  const OperationActions actions_;
  OperationThread thread_;
};

}  // namespace muster
