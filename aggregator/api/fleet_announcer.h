// Tells the fleet what became of a server after the database was changed. Two writes of one server
// may race; each reads the server back and announces it under one lock, so that whoever is last
// announces the newest version. Thread-safe.
#pragma once

#include <array>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/storage/server_repository.h"
#include "common/base/guarded.h"

namespace muster {

class FleetAnnouncer {
 public:
  FleetAnnouncer(ServerRepository& servers, FleetSink& fleet) : servers_(servers), fleet_(fleet) {}

  // A server that has been deleted meanwhile is no error: whoever deleted it says so.
  Result<void> changed(OrganizationKey organization, const Uuid& id);
  void removed(const ServerRecord& server);

 private:
  struct Turn {};
  Guarded<Turn>& turn(const Uuid& id) { return turns_[id.bytes[15] % turns_.size()]; }

  ServerRepository& servers_;
  FleetSink& fleet_;
  std::array<Guarded<Turn>, 16> turns_;
};

}  // namespace muster
