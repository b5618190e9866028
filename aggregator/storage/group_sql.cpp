#include "aggregator/storage/group_sql.h"

namespace muster::group_sql {
namespace {

DbResult<void> leave_others(Connection& connection, OrganizationKey organization, ServerKey server,
                            const std::vector<std::string>& names) {
  const std::string others =
      " WHERE org_id = $1 AND server_key = $2 AND group_key NOT IN "
      "(SELECT group_key FROM server_groups WHERE org_id = $1 AND name = ANY ($3::text[]))";
  const Params params{organization, server, names};
  auto done = connection.exec_together(
      {{"UPDATE server_group_members SET fixed = false" + others + " AND fixed AND matched",
        params},
       {"DELETE FROM server_group_members" + others + " AND NOT matched", params}});
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

DbResult<void> set_groups(Connection& connection, OrganizationKey organization, ServerKey server,
                          const std::vector<std::string>& names) {
  auto left = leave_others(connection, organization, server, names);
  if (!left || names.empty()) return left;
  // In their order, so that two who make the same groups cannot wait for each other. A statement of
  // its own: the next one would not see its groups.
  auto made = connection.exec(
      "INSERT INTO server_groups (org_id, name) SELECT DISTINCT $1::int, name "
      "FROM unnest($2::text[]) AS name ORDER BY name ON CONFLICT (org_id, name) DO NOTHING",
      {organization, names});
  if (!made) return fail(made.error());
  auto joined = connection.exec(
      "INSERT INTO server_group_members AS m (group_key, server_key, org_id) "
      "SELECT group_key, $2::int, org_id FROM server_groups WHERE org_id = $1 AND name = ANY "
      "($3::text[]) ON CONFLICT (group_key, server_key) DO UPDATE SET fixed = true "
      "WHERE NOT m.fixed",
      {organization, server, names});
  if (!joined) return fail(joined.error());
  return {};
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
