#include "aggregator/storage/partition_freezer.h"

#include <algorithm>

#include "aggregator/storage/statement_limits.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::string_view kCanceled = "57014";
constexpr std::string_view kLockNotAvailable = "55P03";

DbResult<void> vacuum(Connection& connection, const Partition& partition) {
  const auto limits = StatementLimits::set(connection, kFreezeLimits);
  if (!limits) return fail(limits.error());
  auto done = connection.exec("SET vacuum_cost_delay = '2ms'").and_then([&](const Rows&) {
    return connection.exec("VACUUM (FREEZE) " + partition.name);
  });
  if (!done) return fail(done.error());
  return {};
}

}  // namespace

DbResult<bool> PartitionFreezer::run(Connection& connection, const PartitionedTable& table,
                                     WallTime now) {
  const auto partitions = partitions_of(connection, table.name);
  if (!partitions) return fail(partitions.error());
  const auto due = std::ranges::find_if(
      *partitions, [&](const Partition& partition) { return is_due(partition, now); });
  if (due == partitions->end()) return false;
  const auto done = vacuum(connection, *due);
  if (!done && done.error().sqlstate == kCanceled) return true;  // the next round goes on
  if (!done && done.error().sqlstate != kLockNotAvailable) return fail(done.error());
  frozen_at_[due->name] = now;
  log::info(done ? "partitions.frozen" : "partitions.freezing_put_off", {{"partition", due->name}});
  return true;
}

bool PartitionFreezer::is_due(const Partition& partition, WallTime now) const {
  if (!partition.is_bounded() || partition.detach_pending) return false;
  if (partition.range.to + kSettled > now || partition.transactions < old_enough_) return false;
  const auto before = frozen_at_.find(partition.name);
  return before == frozen_at_.end() || before->second + kSettled <= now;
}

}  // namespace muster
