#include "aggregator/storage/partition_creator.h"

#include <algorithm>
#include <array>

#include "aggregator/storage/transaction.h"
#include "common/base/log.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

// DDL takes no parameters: names and bounds are ours, from the list of tables and the planner.
std::string quoted_time(WallTime time) {
  return "'" + to_rfc3339(time) + "'";
}

// A range without an end on one side has no bound there.
constexpr std::string_view kBoundsSql = R"(
SELECT coalesce((extract(epoch FROM (m[1])::timestamptz) * 1000000)::bigint, -9223372036854775808),
       coalesce((extract(epoch FROM (m[2])::timestamptz) * 1000000)::bigint, 9223372036854775807)
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
    $re$FROM \((?:'([^']+)'|MINVALUE)\) TO \((?:'([^']+)'|MAXVALUE)\)$re$) AS m
WHERE i.inhparent = $1::regclass AND NOT i.inhdetachpending AND m IS NOT NULL
ORDER BY 1)";

// Rows are only added and asked for by server and time, for which rough statistics do: analyzing a
// young partition again and again was a third of PostgreSQL's work.
constexpr std::string_view kAutovacuum =
    "autovacuum_analyze_threshold = 50000, autovacuum_analyze_scale_factor = 0.5";

constexpr std::string_view kDuplicateTable = "42P07";

bool overlaps_any(const std::vector<TimeRange>& bounds, const TimeRange& range) {
  return std::ranges::any_of(bounds, [&](const TimeRange& there) { return there.overlaps(range); });
}

void report_blocked(const std::string& table, const TimeRange& range, const std::string& why,
                    PartitionReport& report) {
  ++report.blocked;
  log::error("storage.partition_blocked", {{"table", table},
                                           {"from", to_rfc3339(range.from)},
                                           {"to", to_rfc3339(range.to)},
                                           {"why", why}});
}

// The table is made apart with a CHECK that proves its rows are in range, so that ATTACH neither
// scans nor takes a lock that readers and writers of the parent wait for.
std::array<std::string, 3> creation_of(const std::string& table, const TimeRange& range) {
  const std::string name = PartitionPlanner::name(table, range);
  const std::string from = quoted_time(range.from);
  const std::string to = quoted_time(range.to);
  std::string create = "CREATE TABLE " + name;
  create.append(" (LIKE ").append(table).append(
      " INCLUDING ALL, CONSTRAINT in_range CHECK (ts >= ");
  create.append(from).append(" AND ts < ").append(to).append(")) WITH (").append(kAutovacuum);
  create += ')';
  std::string attach = "ALTER TABLE " + table;
  attach.append(" ATTACH PARTITION ").append(name).append(" FOR VALUES FROM (").append(from);
  attach.append(") TO (").append(to).append(")");
  return {create, attach, "ALTER TABLE " + name + " DROP CONSTRAINT in_range"};
}

WallTime covered_without_gap(std::vector<TimeRange> bounds, WallTime now) {
  std::ranges::sort(bounds, {}, &TimeRange::from);
  WallTime end = now;
  for (const TimeRange& range : bounds) {
    if (range.contains(end)) end = range.to;
  }
  return end;
}

}  // namespace

DbResult<std::vector<TimeRange>> partition_bounds(Connection& connection,
                                                  const std::string& table) {
  auto rows = connection.exec(std::string(kBoundsSql), {table});
  if (!rows) return fail(rows.error());
  std::vector<TimeRange> ranges;
  ranges.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) ranges.push_back({rows->time(i, 0), rows->time(i, 1)});
  return ranges;
}

const std::vector<std::string>& PartitionCreator::tables() {
  static const std::vector<std::string> kTables{"server_health_checks",
                                                "server_metrics_aggregated"};
  return kTables;
}

Result<PartitionReport> PartitionCreator::run(Connection& connection, WallTime now) {
  PartitionReport report;
  report.covered_until = WallTime::max();
  for (const std::string& table : tables()) {
    if (auto covered = cover(connection, table, now, report); !covered) {
      return fail(covered.error().in("partitions of " + table));
    }
  }
  return report;
}

Result<void> PartitionCreator::cover(Connection& connection, const std::string& table, WallTime now,
                                     PartitionReport& report) {
  auto bounds = partition_bounds(connection, table);
  if (!bounds) return fail(Error(bounds.error()));
  for (const TimeRange& range : PartitionPlanner::wanted(now)) {
    if (std::ranges::find(*bounds, range) != bounds->end()) continue;
    if (overlaps_any(*bounds, range)) {
      report_blocked(table, range, "another partition overlaps it", report);
    } else if (auto created = create(connection, table, range); created) {
      bounds->push_back(range);
      ++report.created;
      log::info("storage.partition_created", {{"partition", PartitionPlanner::name(table, range)}});
    } else if (created.error().sqlstate == kDuplicateTable) {
      report_blocked(table, range, created.error().message, report);
    } else {
      return fail(Error(created.error()));
    }
  }
  report.covered_until = std::min(report.covered_until, covered_without_gap(*bounds, now));
  return {};
}

DbResult<void> PartitionCreator::create(Connection& connection, const std::string& table,
                                        const TimeRange& range) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto locked = connection.exec("LOCK TABLE ONLY " + table + " IN SHARE UPDATE EXCLUSIVE MODE");
  if (!locked) return fail(locked.error());
  // Another daemon may have made it while we waited for the lock.
  auto bounds = partition_bounds(connection, table);
  if (!bounds) return fail(bounds.error());
  if (std::ranges::find(*bounds, range) != bounds->end()) return transaction->commit();
  for (const std::string& sql : creation_of(table, range)) {
    if (auto done = connection.exec(sql); !done) return fail(done.error());
  }
  return transaction->commit();
}

}  // namespace muster
