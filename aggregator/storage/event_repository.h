// The events of the fleet, from the outbox that the writer fills. Their ids appear in their order,
// so a reader goes on from the last one that it has seen. Thread-safe: each call leases its own
// connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "common/model/failure_reason.h"
#include "common/model/server.h"

namespace muster {

struct EventRecord {
  std::int64_t id = 0;
  OrganizationKey organization = 0;
  WallTime at;
  std::string kind;  // "health_changed", "own_fault_began", "own_fault_ended"
  std::optional<Uuid> server;
  ServerKey server_key = 0;
  std::string server_name;  // as it is now; empty when the server is gone
  std::optional<std::string> from;
  std::optional<std::string> to;
  FailureReason reason = FailureReason::kNone;
  std::string message;
};

struct EventListing {
  std::optional<WallTime> since;
  std::optional<WallTime> until;
  std::optional<Uuid> server;
  std::optional<std::string> kind;
  std::optional<std::int64_t> before;  // ids below this one
  int limit = 100;
};

class EventRepository {
 public:
  EventRepository(ConnectionPool& pool, ConnectionPool& every_organization)
      : pool_(pool), every_organization_(every_organization) {}

  // Newest first.
  Result<std::vector<EventRecord>> list(OrganizationKey organization, const EventListing& listing);

  // Of one organization, or of all of them: oldest first, ids in (after, until].
  Result<std::vector<EventRecord>> behind(std::optional<OrganizationKey> organization,
                                          std::int64_t after, std::int64_t until, int limit);

  Result<std::int64_t> newest();  // 0: there are none

  // The highest id that retention has removed of the organization's; 0: none.
  Result<std::int64_t> newest_removed(OrganizationKey organization);

 private:
  ConnectionPool& pool_;
  ConnectionPool& every_organization_;
};

}  // namespace muster
