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
