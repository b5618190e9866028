#include "aggregator/storage/tenant.h"

#include <utility>

namespace muster {
namespace {

// Gone with the transaction, so nothing is left for whoever leases the connection next.
Statement naming(OrganizationKey organization, Planning planning = Planning::kEachTime) {
  std::string sql = "SELECT set_config('app.org_id', $1, true)";
  if (planning == Planning::kOnce) {
    sql += ", set_config('plan_cache_mode', 'force_generic_plan', true)";
  }
  return {std::move(sql), {organization}};
}

}  // namespace

Result<Rows> exec_as_tenant(ConnectionPool& pool, OrganizationKey organization, std::string sql,
                            Params params, Planning planning) {
  auto lease = pool.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec_together(
      {naming(organization, planning), {std::move(sql), std::move(params)}});
  if (!rows) return fail(rows.error());
  return std::move(*rows);
}

Result<Rows> exec_for(ConnectionPool& pool, ConnectionPool& every_organization,
                      std::optional<OrganizationKey> organization, std::string sql, Params params) {
  if (organization) return exec_as_tenant(pool, *organization, std::move(sql), std::move(params));
  auto lease = every_organization.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec(sql, params);
  if (!rows) return fail(rows.error());
  return std::move(*rows);
}

Result<TenantTransaction> TenantTransaction::begin(ConnectionPool& pool,
                                                   OrganizationKey organization) {
  auto lease = pool.lease();
  if (!lease) return fail(lease.error());
  auto transaction = Transaction::begin(**lease, naming(organization));
  if (!transaction) return fail(transaction.error());
  return TenantTransaction(std::move(*lease), std::move(*transaction));
}

}  // namespace muster
