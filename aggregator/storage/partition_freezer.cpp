#include "aggregator/storage/partition_freezer.h"

#include "aggregator/storage/partition_catalog.h"
#include "aggregator/storage/statement_limits.h"
#include "common/base/log.h"

namespace muster {
namespace {

DbResult<void> exec(Connection& connection, const std::string& sql, const Params& params = {}) {
  if (auto done = connection.exec(sql, params); !done) return fail(done.error());
  return {};
}

bool is_closed(const Partition& partition, WallTime now) {
  return partition.is_bounded() && !partition.detach_pending &&
         partition.range.to + kSettled <= now;
}

DbResult<bool> is_frozen(Connection& connection, const Partition& partition) {
  auto rows = connection.exec("SELECT 1 FROM partition_frozen WHERE partition = $1::regclass",
                              {partition.name});
  if (!rows) return fail(rows.error());
  return !rows->empty();
}

// Whoever else needs the disk goes first.
DbResult<void> freeze(Connection& connection, const Partition& partition) {
  const auto limits = StatementLimits::set(connection, kBulkLimits);
  if (!limits) return fail(limits.error());
  return exec(connection, "SET vacuum_cost_delay = '2ms'")
      .and_then([&] { return exec(connection, "VACUUM (FREEZE, ANALYZE) " + partition.name); })
      .and_then([&] {
        return exec(connection, "INSERT INTO partition_frozen (partition) VALUES ($1::regclass)",
                    {partition.name});
      });
}

DbResult<void> forget_dropped(Connection& connection) {
  return exec(connection,
              "DELETE FROM partition_frozen AS f "
              "WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = f.partition)");
}

}  // namespace

DbResult<std::int64_t> freeze_closed(Connection& connection, const PartitionedTable& table,
                                     WallTime now, const StopSignal& stop) {
  const auto partitions = partitions_of(connection, table.name);
  if (!partitions) return fail(partitions.error());
  std::int64_t count = 0;
  for (const Partition& partition : *partitions) {
    if (stop.given()) break;
    if (!is_closed(partition, now)) continue;
    const auto frozen = is_frozen(connection, partition);
    if (!frozen) return fail(frozen.error());
    if (*frozen) continue;
    if (auto done = freeze(connection, partition); !done) return fail(done.error());
    log::info("partitions.frozen", {{"partition", partition.name}});
    ++count;
  }
  if (count == 0) return 0;
  return forget_dropped(connection).map([&] { return count; });
}

}  // namespace muster
