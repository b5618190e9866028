#include "aggregator/storage/partition_detacher.h"

#include <algorithm>

#include "aggregator/storage/partition_ddl.h"
#include "aggregator/storage/partition_retention.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kMostClockSkew = 60s;

DbError refusal(std::string message) {
  return {{ErrorCode::kConflict, std::move(message)}, "", ""};
}

// When the two clocks disagree, one is wrong, and nobody knows which.
DbResult<void> compare_clocks(Connection& connection, const Clock& clock) {
  auto rows = connection.exec("SELECT " + micros("clock_timestamp()"));
  if (!rows) return fail(rows.error());
  const auto skew = std::chrono::abs(rows->time(0, 0) - clock.wall());
  if (skew <= kMostClockSkew) return {};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(skew).count();
  return fail(refusal("retention stopped: the clocks of the database and of this daemon are " +
                      std::to_string(seconds) + " s apart"));
}

DbResult<RetentionLimits> limits_of(Connection& connection, const PartitionPolicy& policy,
                                    WallTime now) {
  const auto archives = ArchiveRepository(connection).of(policy.table->name);
  if (!archives) return fail(archives.error());
  RetentionLimits limits{.cutoff = policy.retention.before(now)};
  for (const ArchiveRow& row : *archives) {
    if (row.state == ArchiveState::kRestored && row.keep_until > now) {
      limits.exempt.push_back(row.range);
    }
  }
  return limits;
}

DbError blown(const PartitionedTable& table, std::size_t expired, std::size_t all) {
  return refusal("retention stopped: " + std::to_string(expired) + " of " + std::to_string(all) +
                 " partitions of " + std::string(table.name) +
                 " would go at once; if that is right, run `musterd partitions expire`");
}

}  // namespace

DbResult<void> PartitionDetacher::recover(Connection& connection, const PartitionedTable& table) {
  auto partitions = partitions_of(connection, table.name);
  if (!partitions) return fail(partitions.error());
  for (const Partition& partition : *partitions) {
    if (!partition.detach_pending) continue;
    const auto finalize = [&] { return finalize_detach(connection, table, partition.name); };
    if (auto done = locks_.run(finalize); !done) return done;
    log::warn("storage.detach_finalized", {{"partition", partition.name}});
  }
  partitions = partitions_of(connection, table.name);
  if (!partitions) return fail(partitions.error());
  const auto rows = ArchiveRepository(connection).of(table.name);
  if (!rows) return fail(rows.error());
  for (const ArchiveRow& row : *rows) {
    if (row.state != ArchiveState::kDetaching) continue;
    if (auto done = settle(connection, row, *partitions); !done) return done;
  }
  return {};
}

DbResult<void> PartitionDetacher::settle(Connection& connection, const ArchiveRow& row,
                                         const std::vector<Partition>& attached) {
  ArchiveRepository archives(connection);
  if (std::ranges::find(attached, row.range, &Partition::range) != attached.end()) {
    return archives.forget(row);  // nothing has happened to it yet
  }
  auto there = connection.exec("SELECT to_regclass($1) IS NOT NULL", {row.partition});
  if (!there) return fail(there.error());
  if (!there->boolean(0, 0)) return archives.forget(row);  // somebody dropped it
  return locks_.run([&] { return archives.move_away(row); });
}

DbResult<void> PartitionDetacher::expire(Connection& connection, const PartitionPolicy& policy,
                                         bool fuse) {
  const PartitionedTable& table = *policy.table;
  auto limits = limits_of(connection, policy, clock_.wall());
  if (!limits) return fail(limits.error());
  limits->fuse = fuse;
  if (finalised_until_) {
    const auto finalised = finalised_until_(connection, table);
    if (!finalised) return fail(finalised.error());
    limits->finalised_until = *finalised;
  }
  const auto partitions = partitions_of(connection, table.name);
  if (!partitions) return fail(partitions.error());
  const RetentionPlan plan = plan_retention(*partitions, *limits);
  if (plan.expired.empty()) return {};
  if (auto agreed = compare_clocks(connection, clock_); !agreed) return agreed;
  if (plan.fuse_blown) return fail(blown(table, plan.expired.size(), partitions->size()));
  for (const Partition& partition : plan.expired) {
    if (auto done = retire(connection, table, partition); !done) return done;
  }
  return {};
}

DbResult<void> PartitionDetacher::retire(Connection& connection, const PartitionedTable& table,
                                         const Partition& partition) {
  ArchiveRepository archives(connection);
  if (auto begun = archives.begin(table.name, partition); !begun) return begun;
  const auto take_out = [&] { return detach(connection, table, partition.name); };
  if (auto detached = locks_.run(take_out); !detached) return detached;
  const auto row = archives.find(table.name, partition.range);
  if (!row) return fail(row.error());
  if (!*row) return {};
  auto moved = locks_.run([&] { return archives.move_away(**row); });
  if (moved) log::info("storage.partition_detached", {{"partition", partition.name}});
  return moved;
}

}  // namespace muster
