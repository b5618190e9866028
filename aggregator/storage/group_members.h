// Who is a static member of which group. Every method is for one organization. Thread-safe: each
// call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/group_record.h"
#include "common/model/server.h"

namespace muster {

class GroupMembers {
 public:
  explicit GroupMembers(ConnectionPool& pool) : pool_(pool) {}

  // All of the servers or, when one of them or the group is not known, none. Ids may repeat.
  Result<MembershipChange> add(OrganizationKey organization, const Uuid& group,
                               const std::vector<Uuid>& servers);

  // Those that the group's filter matches as well stay in it.
  Result<MembershipChange> remove(OrganizationKey organization, const Uuid& group,
                                  const std::vector<Uuid>& servers);

 private:
  struct Targets;
  using Write = DbResult<void> (*)(Connection&, OrganizationKey, const Targets&, MembershipChange&);

  Result<MembershipChange> change(OrganizationKey organization, const Uuid& group,
                                  const std::vector<Uuid>& servers, Write write);

  ConnectionPool& pool_;
};

}  // namespace muster
