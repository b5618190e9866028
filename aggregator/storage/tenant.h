// SQL on behalf of one organization. Row-level security shows a transaction the rows of the
// organization that it names (app.org_id), and none when it names none; the `org_id = $1` that
// each statement carries as well is the first wall. For pools whose role is muster_api; with a
// role that row-level security does not bind it does no harm. Thread-safe as the pool is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/transaction.h"
#include "common/model/server.h"

namespace muster {

// kOnce: the first plan serves every later execution on the connection. For tables without
// partitions (a plan for all of a table's partitions locks all of them), where no parameter asks
// for another plan: there planning is most of what reading a row costs.
enum class Planning : std::uint8_t { kEachTime, kOnce };

// One statement, in one round trip and a transaction of its own.
Result<Rows> exec_as_tenant(ConnectionPool& pool, OrganizationKey organization, std::string sql,
                            Params params, Planning planning = Planning::kEachTime);

// The same for what may stand above the organizations: without one, over connections that
// row-level security does not bind.
Result<Rows> exec_for(ConnectionPool& pool, ConnectionPool& every_organization,
                      std::optional<OrganizationKey> organization, std::string sql, Params params);

// Several of them: rolled back when it goes without commit().
class TenantTransaction {
 public:
  static Result<TenantTransaction> begin(ConnectionPool& pool, OrganizationKey organization);

  Connection& operator*() const { return *lease_; }
  Connection* operator->() const { return &*lease_; }

  DbResult<void> commit() { return transaction_.commit(); }

 private:
  TenantTransaction(ConnectionPool::Lease lease, Transaction transaction)
      : lease_(std::move(lease)), transaction_(std::move(transaction)) {}

  ConnectionPool::Lease lease_;
  Transaction transaction_;  // goes before its connection is given back
};

// What `read(connection)`, a DbResult, finds in several statements.
template <typename Read>
auto read_as_tenant(ConnectionPool& pool, OrganizationKey organization, Read read)
    -> Result<typename decltype(read(std::declval<Connection&>()))::value_type> {
  auto transaction = TenantTransaction::begin(pool, organization);
  if (!transaction) return fail(transaction.error());
  auto found = read(**transaction);
  if (!found) return fail(Error(found.error()));
  if (auto done = transaction->commit(); !done) return fail(Error(done.error()));
  return std::move(*found);
}

}  // namespace muster
