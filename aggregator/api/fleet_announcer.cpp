#include "aggregator/api/fleet_announcer.h"

#include <utility>

#include "common/base/log.h"

namespace muster {

Result<void> FleetAnnouncer::changed(OrganizationKey organization, const Uuid& id) {
  return changed(organization, std::vector{id});
}

Result<void> FleetAnnouncer::changed(OrganizationKey organization, const std::vector<Uuid>& ids) {
  auto announced = announce(organization, ids);
  if (announced) return announced;
  log::error("api.servers_not_announced",
             {{"servers", ids.size()}, {"error", announced.error().message}});
  miss(organization, {std::set(ids.begin(), ids.end())});
  return announced;
}

void FleetAnnouncer::catch_up() {
  const MissedOf due = missed_.with([](MissedOf& missed) { return std::exchange(missed, {}); });
  for (const auto& [organization, missed] : due) {
    if (const auto announced = announce(organization, missed); !announced) {
      log::warn("api.announcement_waits",
                {{"organization", organization}, {"error", announced.error().message}});
      miss(organization, missed);
    } else {
      log::info("api.announced_late", {{"organization", organization},
                                       {"servers", missed.servers.size()},
                                       {"all", missed.all}});
    }
  }
}

void FleetAnnouncer::miss(OrganizationKey organization, Missed more) {
  missed_.with([&](MissedOf& all) {
    Missed& missed = all[organization];
    missed.servers.merge(more.servers);
    missed.all = missed.all || more.all || missed.servers.size() > most_missed_;
    if (missed.all) missed.servers.clear();
  });
}

Result<void> FleetAnnouncer::announce(OrganizationKey organization, const Missed& missed) {
  if (!missed.all) {
    return announce(organization, std::vector(missed.servers.begin(), missed.servers.end()));
  }
  auto ids = servers_.ids(organization);
  if (!ids) return fail(ids.error());
  return announce(organization, *ids);
}

// One query for all that share a turn.
Result<void> FleetAnnouncer::announce(OrganizationKey organization, const std::vector<Uuid>& ids) {
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
    if (!announced) return announced;
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
