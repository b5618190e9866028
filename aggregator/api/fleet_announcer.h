// Tells the fleet what became of a server after the database was changed. Two writes of one server
// may race; each reads the server back and announces it under one lock, so that whoever is last
// announces the newest version. What cannot be read back is kept until catch_up() can. The API has
// one. Thread-safe.
#pragma once

#include <array>
#include <map>
#include <set>
#include <vector>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/storage/server_repository.h"
#include "common/base/guarded.h"

namespace muster {

class FleetAnnouncer {
 public:
  // `most_missed`: servers of an organization that are kept one by one.
  FleetAnnouncer(ServerRepository& servers, FleetSink& fleet, std::size_t most_missed = 10'000)
      : servers_(servers), fleet_(fleet), most_missed_(most_missed) {}

  // An error: not now, but later; nobody need repeat it. A server that has been deleted meanwhile
  // is none: whoever deleted it says so.
  Result<void> changed(OrganizationKey organization, const Uuid& id);
  Result<void> changed(OrganizationKey organization, const std::vector<Uuid>& ids);
  void removed(const ServerRecord& server);

  // Announces what could not be before, as far as that is possible now. To be called every few
  // seconds; may wait for the database.
  void catch_up();

 private:
  static constexpr std::size_t kTurns = 16;
  struct Turn {};
  struct Missed {
    std::set<Uuid> servers;
    bool all = false;  // every server of the organization: there were too many
  };
  using MissedOf = std::map<OrganizationKey, Missed>;

  Result<void> announce(OrganizationKey organization, const std::vector<Uuid>& ids);
  Result<void> announce(OrganizationKey organization, const Missed& missed);
  void miss(OrganizationKey organization, Missed missed);
  static std::size_t turn_of(const Uuid& id) { return id.bytes[15] % kTurns; }
  Guarded<Turn>& turn(const Uuid& id) { return turns_[turn_of(id)]; }

  ServerRepository& servers_;
  FleetSink& fleet_;
  const std::size_t most_missed_;
  std::array<Guarded<Turn>, kTurns> turns_;
  Guarded<MissedOf> missed_;
};

}  // namespace muster
