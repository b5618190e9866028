// Tells the fleet what became of a server after the database was changed. Two writes of one server
// may race; each reads the server back and announces it under one lock, so that whoever is last
// announces the newest version. The API has one. Thread-safe.
#pragma once

#include <array>
#include <vector>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/storage/server_repository.h"
#include "common/base/guarded.h"

namespace muster {

class FleetAnnouncer {
 public:
  FleetAnnouncer(ServerRepository& servers, FleetSink& fleet) : servers_(servers), fleet_(fleet) {}

  // A server that has been deleted meanwhile is no error: whoever deleted it says so.
  Result<void> changed(OrganizationKey organization, const Uuid& id);
  Result<void> changed(OrganizationKey organization, const std::vector<Uuid>& ids);
  void removed(const ServerRecord& server);

 private:
  static constexpr std::size_t kTurns = 16;
  struct Turn {};
  static std::size_t turn_of(const Uuid& id) { return id.bytes[15] % kTurns; }
  Guarded<Turn>& turn(const Uuid& id) { return turns_[turn_of(id)]; }

  ServerRepository& servers_;
  FleetSink& fleet_;
  std::array<Guarded<Turn>, kTurns> turns_;
};

}  // namespace muster
