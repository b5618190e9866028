#include "aggregator/app/fleet_operations.h"

#include "aggregator/operations/probe_action.h"
#include "aggregator/operations/set_status_action.h"

namespace muster {

FleetOperations::FleetOperations(const Surroundings& around)
    : repository_(around.pool),
      checks_(around.scheduler, around.live),
      announcer_(around.servers, around.fleet),
      quota_(around.live, around.checks_per_second,
             [&all = around.organizations](OrganizationKey key) { return all.find(key); }),
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
      servers,
      [this](OrganizationKey organization, const Uuid& server) {
        return announcer_.changed(organization, server);
      },
      [this](ServerKey server, Server::Status status) -> std::optional<std::string> {
        const auto problem = quota_.exceeded_by(server, status);
        if (!problem) return std::nullopt;
        return problem->detail;
      }));
  return table;
}

}  // namespace muster
