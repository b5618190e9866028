// What the writers of groups share. On the thread that uses the connection.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aggregator/storage/connection.h"
#include "common/model/server.h"

namespace muster::group_sql {

// The locks of sql/0014_groups.sql, to be taken before any row is locked: by whoever changes
// groups, and by whoever changes servers.
Statement alone(OrganizationKey organization);
Statement sharing(OrganizationKey organization);

struct ServerGroups {
  Uuid server;
  std::vector<std::string> names;
};

// Makes these the groups that each of the servers was put in; in which it is by a filter is not
// touched. Groups that are not there are made.
DbResult<void> set_groups(Connection& connection, OrganizationKey organization,
                          std::span<const ServerGroups> servers);
DbResult<void> set_groups(Connection& connection, OrganizationKey organization, const Uuid& server,
                          const std::vector<std::string>& names);

// The servers that this transaction has given a new version.
DbResult<std::vector<Uuid>> changed_servers(Connection& connection, OrganizationKey organization);

}  // namespace muster::group_sql
