#include "aggregator/storage/quarantine_drain.h"

#include <algorithm>

#include "aggregator/storage/partition_catalog.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr int kBatchRows = 5'000;
constexpr std::chrono::hours kMostAhead{1};

std::string quarantine_of(const PartitionedTable& table) {
  return std::string(table.name) + "_quarantine";
}

// $1: reason, $2 and $3: from and to. The rows' places (ctid) make it a batch; only this thread
// takes rows out.
// The rollups are told of the rows that come so late.
std::string move_sql(const PartitionedTable& table, const std::string& columns) {
  const std::string quarantine = quarantine_of(table);
  const std::string time(table.time_column);
  return "WITH moved AS (DELETE FROM " + quarantine + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " +
         quarantine + " WHERE quarantine_reason = $1 AND " + time + " >= $2 AND " + time +
         " < $3 LIMIT " + std::to_string(kBatchRows) + ")) RETURNING " + columns +
         "), put AS (INSERT INTO " + std::string(table.name) + " (" + columns + ") SELECT " +
         columns + " FROM moved RETURNING " + time + ") SELECT count(*), rollup_note(array_agg(" +
         "DISTINCT date_bin('5 minutes', " + time + ", 'epoch'::timestamptz))) FROM put";
}

DbResult<std::int64_t> drain_range(Connection& connection, const std::string& sql,
                                   const TimeRange& range, const StopSignal& stop) {
  std::int64_t total = 0;
  while (!stop.given()) {
    auto moved = connection.exec(sql, {kOutsidePartitions, range.from, range.to});
    if (!moved) return fail(moved.error());
    total += moved->integer(0, 0);
    if (moved->integer(0, 0) < kBatchRows) break;
  }
  return total;
}

}  // namespace

DbResult<std::int64_t> drain_quarantine(Connection& connection, const PartitionPolicy& policy,
                                        WallTime now, const StopSignal& stop) {
  const PartitionedTable& table = *policy.table;
  if (!table.has_quarantine) return 0;
  const auto columns = columns_of(connection, table.name);
  if (!columns) return fail(columns.error());
  const auto bounds = partition_bounds(connection, table.name);
  if (!bounds) return fail(bounds.error());
  const WallTime cutoff = policy.retention.before(now);
  const std::string sql = move_sql(table, *columns);
  std::int64_t total = 0;
  for (const TimeRange& range : *bounds) {
    const TimeRange wanted{std::max(range.from, cutoff), std::min(range.to, now + kMostAhead)};
    if (wanted.to <= wanted.from) continue;
    const auto moved = drain_range(connection, sql, wanted, stop);
    if (!moved) return moved;
    total += *moved;
  }
  if (total > 0) {
    log::info("storage.quarantine_drained", {{"table", table.name}, {"rows", total}});
  }
  return total;
}

DbResult<QuarantineCounts> count_quarantine(Connection& connection, const PartitionPolicy& policy,
                                            WallTime now) {
  QuarantineCounts counts{{"expired", 0}, {"future", 0}, {"uncovered", 0}, {"refused", 0}};
  if (!policy.table->has_quarantine) return counts;
  const std::string time(policy.table->time_column);
  auto rows = connection.exec("SELECT CASE WHEN quarantine_reason <> $1 THEN 'refused' WHEN " +
                                  time + " < $2 THEN 'expired' WHEN " + time +
                                  " >= $3 THEN 'future' ELSE 'uncovered' END, count(*) FROM " +
                                  quarantine_of(*policy.table) + " GROUP BY 1",
                              {kOutsidePartitions, policy.retention.before(now), now + kMostAhead});
  if (!rows) return fail(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    counts[std::string(rows->text(i, 0))] = rows->integer(i, 1);
  }
  return counts;
}

}  // namespace muster
