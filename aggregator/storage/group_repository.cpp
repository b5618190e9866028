#include "aggregator/storage/group_repository.h"

#include "aggregator/storage/group_sql.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

const std::string& columns() {
  static const std::string kColumns =
      "g.id, g.group_key, g.name, g.description, g.filter_tags, g.filter_regions, "
      "g.filter_environments, g.version, " +
      micros("g.created_at") + ", " + micros("g.updated_at");
  return kColumns;
}

constexpr int kCountColumn = 10;  // behind them, in a list

GroupRecord group_of(const Rows& rows, int row) {
  GroupRecord group;
  group.id = rows.uuid(row, 0);
  group.key = static_cast<GroupKey>(rows.integer(row, 1));
  group.name = rows.text(row, 2);
  group.description = rows.text(row, 3);
  group.filter = {rows.texts(row, 4), rows.texts(row, 5), rows.texts(row, 6)};
  group.version = rows.integer(row, 7);
  group.created_at = rows.time(row, 8);
  group.updated_at = rows.time(row, 9);
  return group;
}

}  // namespace

Result<GroupChange> GroupRepository::create(OrganizationKey organization,
                                            const GroupRecord& group) {
  return write(organization,
               "INSERT INTO server_groups AS g (org_id, name, description, filter_tags, "
               "filter_regions, filter_environments) VALUES ($1, $2, $3, $4, $5, $6) RETURNING " +
                   columns(),
               {organization, group.name, group.description, group.filter.tags,
                group.filter.regions, group.filter.environments});
}

Result<GroupChange> GroupRepository::update(OrganizationKey organization,
                                            const GroupRecord& changed) {
  return write(organization,
               "UPDATE server_groups AS g SET name = $4, description = $5, filter_tags = $6, "
               "filter_regions = $7, filter_environments = $8, version = version + 1, "
               "updated_at = now() WHERE org_id = $1 AND id = $2 AND version = $3 RETURNING " +
                   columns(),
               {organization, changed.id, changed.version, changed.name, changed.description,
                changed.filter.tags, changed.filter.regions, changed.filter.environments});
}

Result<std::vector<Uuid>> GroupRepository::remove(OrganizationKey organization,
                                                  const GroupRecord& group) {
  auto removed =
      write(organization,
            "DELETE FROM server_groups AS g WHERE org_id = $1 AND id = $2 AND version = $3 "
            "RETURNING " +
                columns(),
            {organization, group.id, group.version});
  if (!removed) return fail(removed.error());
  return std::move(removed->servers);
}

Result<GroupChange> GroupRepository::write(OrganizationKey organization, const std::string& sql,
                                           const Params& params) {
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  auto rows = (*transaction)->exec_together({group_sql::alone(organization), {sql, params}});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kConflict, std::string(kGroupChanged));
  auto servers = group_sql::changed_servers(**transaction, organization);
  if (!servers) return fail(servers.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return GroupChange{group_of(*rows, 0), std::move(*servers)};
}

Result<GroupRecord> GroupRepository::find(OrganizationKey organization, const Uuid& id) {
  auto rows = exec_as_tenant(
      pool_, organization,
      "SELECT " + columns() + " FROM server_groups AS g WHERE g.org_id = $1 AND g.id = $2",
      {organization, id});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such group");
  return group_of(*rows, 0);
}

Result<std::vector<CountedGroup>> GroupRepository::list(OrganizationKey organization,
                                                        const GroupListing& listing) {
  auto rows = exec_as_tenant(
      pool_, organization,
      "SELECT " + columns() +
          ", (SELECT count(*) FROM server_group_members AS m WHERE m.group_key = g.group_key) "
          "FROM server_groups AS g WHERE g.org_id = $1 AND ($2::text IS NULL OR g.name > $2) "
          "AND position(lower($3) IN lower(g.name)) > 0 ORDER BY g.name LIMIT $4",
      {organization, listing.after, listing.name_contains, listing.limit});
  if (!rows) return fail(rows.error());
  std::vector<CountedGroup> groups;
  groups.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    groups.push_back({group_of(*rows, i), rows->integer(i, kCountColumn)});
  }
  return groups;
}

}  // namespace muster
