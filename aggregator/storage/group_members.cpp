#include "aggregator/storage/group_members.h"

#include <algorithm>

#include "aggregator/storage/group_sql.h"
#include "aggregator/storage/tenant.h"

namespace muster {

struct GroupMembers::Targets {
  GroupKey group = 0;
  std::vector<std::int64_t> servers;  // keys, each once
};

namespace {

// Zero when there is no such group.
DbResult<GroupKey> find_group(Connection& connection, OrganizationKey organization,
                              const Uuid& group) {
  auto rows = connection.exec_together(
      {group_sql::alone(organization),
       {"SELECT group_key FROM server_groups WHERE org_id = $1 AND id = $2",
        {organization, group}}});
  if (!rows) return fail(rows.error());
  return rows->empty() ? 0 : static_cast<GroupKey>(rows->integer(0, 0));
}

// The servers' keys; the places of those that are not there go to `unknown`.
DbResult<std::vector<std::int64_t>> find_servers(Connection& connection,
                                                 OrganizationKey organization,
                                                 const std::vector<Uuid>& ids,
                                                 std::vector<std::size_t>& unknown) {
  auto rows = connection.exec(
      "SELECT s.server_key FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place) "
      "LEFT JOIN managed_servers AS s ON s.org_id = $1 AND s.id = wanted.id ORDER BY place",
      {organization, ids});
  if (!rows) return fail(rows.error());
  std::vector<std::int64_t> keys;
  for (int i = 0; i < rows->size(); ++i) {
    if (rows->is_null(i, 0)) {
      unknown.push_back(static_cast<std::size_t>(i));
    } else {
      keys.push_back(rows->integer(i, 0));
    }
  }
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace

Result<MembershipChange> GroupMembers::add(OrganizationKey organization, const Uuid& group,
                                           const std::vector<Uuid>& servers) {
  return change(
      organization, group, servers,
      [](Connection& connection, OrganizationKey org, const Targets& targets,
         MembershipChange& result) -> DbResult<void> {
        auto done = connection.exec(
            "INSERT INTO server_group_members AS m (group_key, server_key, org_id) "
            "SELECT $2::int, unnest($3::int[]), $1::int ON CONFLICT (group_key, server_key) "
            "DO UPDATE SET fixed = true WHERE NOT m.fixed",
            {org, targets.group, targets.servers});
        if (!done) return fail(done.error());
        result.changed = done->affected();
        return {};
      });
}

Result<MembershipChange> GroupMembers::remove(OrganizationKey organization, const Uuid& group,
                                              const std::vector<Uuid>& servers) {
  return change(
      organization, group, servers,
      [](Connection& connection, OrganizationKey org, const Targets& targets,
         MembershipChange& result) -> DbResult<void> {
        const Params params{org, targets.group, targets.servers};
        auto gone = connection.exec(
            "DELETE FROM server_group_members WHERE org_id = $1 AND group_key = $2 "
            "AND server_key = ANY ($3::int[]) AND NOT matched",
            params);
        if (!gone) return fail(gone.error());
        auto kept = connection.exec(
            "UPDATE server_group_members SET fixed = false WHERE org_id = $1 AND group_key = $2 "
            "AND server_key = ANY ($3::int[]) AND fixed",
            params);
        if (!kept) return fail(kept.error());
        result.changed = gone->affected() + kept->affected();
        result.kept_by_filter = kept->affected();
        return {};
      });
}

Result<MembershipChange> GroupMembers::change(OrganizationKey organization, const Uuid& group,
                                              const std::vector<Uuid>& servers, Write write) {
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  MembershipChange result;
  const auto key = find_group(**transaction, organization, group);
  if (!key) return fail(key.error());
  result.group_known = *key != 0;
  const auto keys = find_servers(**transaction, organization, servers, result.unknown);
  if (!keys) return fail(keys.error());
  if (!result.group_known || !result.unknown.empty()) return result;
  const Targets targets{*key, *keys};
  auto written = write(**transaction, organization, targets, result);
  if (!written) return fail(written.error());
  result.unchanged = static_cast<std::int64_t>(keys->size()) - result.changed;
  auto touched = group_sql::changed_servers(**transaction, organization);
  if (!touched) return fail(touched.error());
  result.servers = std::move(*touched);
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return result;
}

}  // namespace muster
