#include "aggregator/storage/partition_ddl.h"

#include "aggregator/storage/partition_catalog.h"
#include "aggregator/storage/statement_limits.h"

namespace muster {
namespace {

// Rows are only added and asked for by server and time, for which rough statistics do: analyzing a
// young partition again and again was a third of PostgreSQL's work.
constexpr std::string_view kAutovacuum =
    "autovacuum_analyze_threshold = 50000, autovacuum_analyze_scale_factor = 0.5";

DbResult<void> exec(Connection& connection, const std::string& sql) {
  if (auto done = connection.exec(sql); !done) return fail(done.error());
  return {};
}

std::string alter(const PartitionedTable& table) {
  return "ALTER TABLE " + std::string(table.name);
}

}  // namespace

std::string partition_path(const PartitionedTable& table, const TimeRange& range) {
  return std::string(kPartitionSchema) + "." + PartitionPlanner::name(table.name, range);
}

DbResult<void> create_apart(Connection& connection, const PartitionedTable& table,
                            const TimeRange& range) {
  const std::string column(table.time_column);
  std::string sql = "CREATE TABLE " + partition_path(table, range);
  sql.append(" (LIKE ").append(table.name).append(" INCLUDING ALL, CONSTRAINT in_range CHECK (");
  sql.append(column).append(" >= ").append(quoted_time(range.from)).append(" AND ");
  sql.append(column).append(" < ").append(quoted_time(range.to)).append(")) WITH (");
  sql.append(kAutovacuum).append(")");
  return exec(connection, sql);
}

DbResult<void> attach(Connection& connection, const PartitionedTable& table,
                      const TimeRange& range) {
  const std::string path = partition_path(table, range);
  std::string sql = alter(table) + " ATTACH PARTITION " + path;
  sql.append(" FOR VALUES FROM (").append(quoted_time(range.from)).append(") TO (");
  sql.append(quoted_time(range.to)).append(")");
  if (auto attached = exec(connection, sql); !attached) return attached;
  return exec(connection, "ALTER TABLE " + path + " DROP CONSTRAINT in_range");
}

DbResult<void> detach(Connection& connection, const PartitionedTable& table,
                      const std::string& partition) {
  const auto limits = StatementLimits::set(connection, kDetachLimits);
  if (!limits) return fail(limits.error());
  return exec(connection, alter(table) + " DETACH PARTITION " + partition + " CONCURRENTLY");
}

DbResult<void> finalize_detach(Connection& connection, const PartitionedTable& table,
                               const std::string& partition) {
  return exec(connection, alter(table) + " DETACH PARTITION " + partition + " FINALIZE");
}

}  // namespace muster
