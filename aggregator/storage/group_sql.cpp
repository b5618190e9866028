#include "aggregator/storage/group_sql.h"

#include <array>

namespace muster::group_sql {
namespace {

// What set_groups() is told, as the parameters of its statements: each pair of a server and a
// group, and each server.
struct Wanted {
  std::vector<Uuid> members;
  std::vector<std::string> names;
  std::vector<Uuid> servers;

  explicit Wanted(std::span<const ServerGroups> wanted) {
    for (const auto& [server, groups] : wanted) {
      servers.push_back(server);
      names.insert(names.end(), groups.begin(), groups.end());
      members.resize(names.size(), servers.back());
    }
  }
};

// The pairs with the keys that they have in the database.
const std::string kPairs =
    "FROM unnest($2::uuid[], $3::text[]) AS w(id, name) "
    "JOIN managed_servers AS s ON s.org_id = $1 AND s.id = w.id "
    "JOIN server_groups AS g ON g.org_id = $1 AND g.name = w.name";

DbResult<void> leave_others(Connection& connection, OrganizationKey organization,
                            const Wanted& wanted) {
  const std::string others =
      " WHERE m.org_id = $1 AND m.server_key IN "
      "(SELECT server_key FROM managed_servers WHERE org_id = $1 AND id = ANY ($4::uuid[])) "
      "AND (m.group_key, m.server_key) NOT IN (SELECT g.group_key, s.server_key " +
      kPairs + ")";
  const Params params{organization, wanted.members, wanted.names, wanted.servers};
  auto done = connection.exec_together(
      {{"UPDATE server_group_members AS m SET fixed = false" + others +
            " AND m.fixed AND m.matched",
        params},
       {"DELETE FROM server_group_members AS m" + others + " AND NOT m.matched", params}});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace

Statement alone(OrganizationKey organization) {
  return {"SELECT muster_change_groups($1)", {organization}};
}

Statement sharing(OrganizationKey organization) {
  return {"SELECT muster_share_groups($1)", {organization}};
}

DbResult<void> set_groups(Connection& connection, OrganizationKey organization,
                          std::span<const ServerGroups> servers) {
  const Wanted wanted(servers);
  auto left = leave_others(connection, organization, wanted);
  if (!left || wanted.names.empty()) return left;
  // In their order, so that two who make the same groups cannot wait for each other. A statement of
  // its own: the next one would not see its groups.
  auto made = connection.exec(
      "INSERT INTO server_groups (org_id, name) SELECT DISTINCT $1::int, name "
      "FROM unnest($2::text[]) AS name ORDER BY name ON CONFLICT (org_id, name) DO NOTHING",
      {organization, wanted.names});
  if (!made) return fail(made.error());
  auto joined = connection.exec(
      "INSERT INTO server_group_members AS m (group_key, server_key, org_id) "
      "SELECT DISTINCT g.group_key, s.server_key, $1::int " +
          kPairs +
          " ON CONFLICT (group_key, server_key) DO UPDATE SET fixed = true WHERE NOT m.fixed",
      {organization, wanted.members, wanted.names});
  if (!joined) return fail(joined.error());
  return {};
}

DbResult<void> set_groups(Connection& connection, OrganizationKey organization, const Uuid& server,
                          const std::vector<std::string>& names) {
  return set_groups(connection, organization, std::array{ServerGroups{server, names}});
}

DbResult<std::vector<Uuid>> changed_servers(Connection& connection, OrganizationKey organization) {
  auto rows = connection.exec(
      "SELECT id FROM managed_servers WHERE org_id = $1 AND xmin = pg_current_xact_id()::xid",
      {organization});
  if (!rows) return fail(rows.error());
  std::vector<Uuid> servers;
  servers.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) servers.push_back(rows->uuid(i, 0));
  return servers;
}

}  // namespace muster::group_sql
