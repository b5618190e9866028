#include "aggregator/storage/partition_creator.h"

#include <algorithm>

#include "aggregator/storage/partition_ddl.h"
#include "aggregator/storage/transaction.h"
#include "common/base/log.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

// A table of the name that is no partition, or bounds that changed since they were read.
bool is_blocked(const DbError& error) {
  return error.sqlstate == "42P07" || error.sqlstate == "42P17";
}

void report_blocked(const std::string& partition, const DbError& why) {
  log::error("storage.partition_blocked", {{"partition", partition}, {"why", why.message}});
}

std::vector<TimeRange> ranges_of(const std::vector<Partition>& partitions) {
  std::vector<TimeRange> ranges;
  for (const Partition& partition : partitions) ranges.push_back(partition.range);
  return ranges;
}

}  // namespace

Result<PartitionReport> PartitionCreator::run(Connection& connection, WallTime now,
                                              const std::vector<PartitionPolicy>& policies) {
  StopSignal never;
  Histogram waits({1});
  LockRetry once(never, waits, {});
  PartitionReport all;
  all.covered_until = WallTime::max();
  for (const PartitionPolicy& policy : policies) {
    const auto report = cover(connection, policy, now, once);
    if (!report) {
      return fail(Error(report.error()).in("partitions of " + std::string(policy.table->name)));
    }
    all.created += report->created;
    all.blocked += report->blocked;
    all.covered_until = std::min(all.covered_until, report->covered_until);
  }
  return all;
}

DbResult<PartitionReport> PartitionCreator::cover(Connection& connection,
                                                  const PartitionPolicy& policy, WallTime now,
                                                  LockRetry& locks) {
  const PartitionedTable& table = *policy.table;
  auto there = partitions_of(connection, table.name);
  if (!there) return fail(there.error());
  const auto wanted = PartitionPlanner::wanted(now, policy.period);
  PartitionReport report;
  for (const TimeRange& range : PartitionPlanner::missing(wanted, ranges_of(*there))) {
    const std::string name = partition_path(table, range);
    const auto created = locks.run([&] { return create(connection, table, range); });
    if (created) {
      ++report.created;
      log::info("storage.partition_created", {{"partition", name}});
    } else if (is_blocked(created.error())) {
      ++report.blocked;
      report_blocked(name, created.error());
    } else {
      return fail(created.error());
    }
  }
  const auto bounds = partition_bounds(connection, table.name);
  if (!bounds) return fail(bounds.error());
  report.covered_until = PartitionPlanner::covered_until(*bounds, now);
  return report;
}

DbResult<void> PartitionCreator::create(Connection& connection, const PartitionedTable& table,
                                        const TimeRange& range) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto locked = connection.exec("LOCK TABLE ONLY " + std::string(table.name) +
                                " IN SHARE UPDATE EXCLUSIVE MODE");
  if (!locked) return fail(locked.error());
  // Another daemon may have made it while we waited for the lock.
  auto bounds = partition_bounds(connection, table.name);
  if (!bounds) return fail(bounds.error());
  if (std::ranges::find(*bounds, range) != bounds->end()) return transaction->commit();
  if (auto created = create_apart(connection, table, range); !created) return created;
  if (auto attached = attach(connection, table, range); !attached) return attached;
  return transaction->commit();
}

}  // namespace muster
