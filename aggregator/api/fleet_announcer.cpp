#include "aggregator/api/fleet_announcer.h"

#include "common/base/log.h"

namespace muster {

Result<void> FleetAnnouncer::changed(OrganizationKey organization, const Uuid& id) {
  return turn(id).with([&](Turn&) -> Result<void> {
    auto server = servers_.load(organization, id);
    if (server) {
      fleet_.upsert(std::make_shared<const Server>(std::move(*server)));
    } else if (server.error().code != ErrorCode::kNotFound) {
      log::error("api.server_not_announced",
                 {{"server", id.to_string()}, {"error", server.error().message}});
      return fail(server.error());
    }
    return {};
  });
}

// One query for all that share a turn.
Result<void> FleetAnnouncer::changed(OrganizationKey organization, const std::vector<Uuid>& ids) {
  std::array<std::vector<Uuid>, kTurns> by_turn;
  for (const Uuid& id : ids) by_turn[turn_of(id)].push_back(id);
  for (std::size_t i = 0; i < kTurns; ++i) {
    if (by_turn[i].empty()) continue;
    auto announced = turns_[i].with([&](Turn&) -> Result<void> {
      auto servers = servers_.load(organization, by_turn[i]);
      if (!servers) return fail(servers.error());
      for (Server& server : *servers) {
        fleet_.upsert(std::make_shared<const Server>(std::move(server)));
      }
      return {};
    });
    if (!announced) {
      log::error("api.servers_not_announced",
                 {{"servers", ids.size()}, {"error", announced.error().message}});
      return announced;
    }
  }
  return {};
}

void FleetAnnouncer::removed(const ServerRecord& record) {
  Server server;
  server.id = record.id;
  server.key = record.key;
  server.organization = record.organization;
  server.version = record.version;
  server.name = record.name;
  turn(record.id).with([&](Turn&) { fleet_.remove(std::make_shared<const Server>(server)); });
}

}  // namespace muster
