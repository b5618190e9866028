#include "aggregator/app/fleet_operations.h"

#include "aggregator/operations/probe_action.h"
#include "aggregator/operations/set_status_action.h"

namespace muster {

FleetOperations::FleetOperations(const Surroundings& around)
    : repository_(around.pool),
      checks_(around.scheduler, around.live),
      announcer_(around.servers, around.fleet),
      actions_(actions(around.servers)),
      thread_(around.owner, actions_, around.clock, [this] { announcer_.catch_up(); }) {}

OperationControl FleetOperations::control() {
  return {repository_, actions_, [this] { thread_.wake(); }};
}

OperationActions FleetOperations::actions(ServerRepository& servers) {
  OperationActions table;
  table.add(std::make_unique<ProbeAction>(checks_, ChecksWanted::kMetrics));
  table.add(std::make_unique<ProbeAction>(checks_, ChecksWanted::kHealth));
  table.add(std::make_unique<SetStatusAction>(
      servers, [this](OrganizationKey organization, const Uuid& server) {
        return announcer_.changed(organization, server);
      }));
  return table;
}

}  // namespace muster
