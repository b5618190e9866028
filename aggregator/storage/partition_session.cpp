#include "aggregator/storage/partition_session.h"

#include "aggregator/storage/advisory_locks.h"
#include "aggregator/storage/statement_limits.h"

namespace muster {
namespace {

// Rows as text must look the same wherever they are written and read. A server that sees its client
// gone stops what it does for it.
constexpr const char* kSessionSql =
    "SELECT set_config('idle_in_transaction_session_timeout', '30s', false), "
    "set_config('client_connection_check_interval', '5s', false), "
    "set_config('datestyle', 'ISO, YMD', false), set_config('intervalstyle', 'postgres', false), "
    "set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '1', false)";

}  // namespace

DbResult<PartitionSession> PartitionSession::open(ConnectionSettings database,
                                                  const StopSignal& stop) {
  database.statement_timeout = kUsualLimits.statement;
  database.lock_timeout = kUsualLimits.lock;
  database.give_up = &stop.flag();
  auto connection = Connection::open(database);
  if (!connection) return fail(connection.error());
  if (auto set = connection->exec(kSessionSql); !set) return fail(set.error());
  return PartitionSession(std::move(*connection));
}

DbResult<void> PartitionSession::try_lock() {
  auto rows = connection_.exec(std::string("SELECT pg_try_advisory_lock(") + kPartitionsLock + ")");
  if (!rows) return fail(rows.error());
  has_lock_ = rows->boolean(0, 0);
  return {};
}

void PartitionSession::unlock() {
  if (has_lock_ && !connection_.broken()) {
    (void)connection_.exec(std::string("SELECT pg_advisory_unlock(") + kPartitionsLock + ")");
  }
  has_lock_ = false;
}

}  // namespace muster
