// The groups of servers in the database. Every method is for one organization; what belongs to
// another is kNotFound. Who is a member by a filter is kept right by the database itself
// (sql/0014_groups.sql). Thread-safe: each call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/group_record.h"
#include "common/model/server.h"

namespace muster {

class GroupRepository {
 public:
  explicit GroupRepository(ConnectionPool& pool) : pool_(pool) {}

  // `group`: its name, description and filter. kConflict when the name is taken.
  Result<GroupChange> create(OrganizationKey organization, const GroupRecord& group);
  Result<GroupRecord> find(OrganizationKey organization, const Uuid& id);
  Result<std::vector<CountedGroup>> list(OrganizationKey organization, const GroupListing& listing);

  // `changed` as found and with what is new in it. kConflict when the name is taken, or with the
  // message kGroupChanged when its version is not the one there.
  Result<GroupChange> update(OrganizationKey organization, const GroupRecord& changed);

  // `group` as found; gives the servers that were in it. kConflict as with update().
  Result<std::vector<Uuid>> remove(OrganizationKey organization, const GroupRecord& group);

 private:
  Result<GroupChange> write(OrganizationKey organization, const std::string& sql,
                            const Params& params);

  ConnectionPool& pool_;
};

}  // namespace muster
