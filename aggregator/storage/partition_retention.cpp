#include "aggregator/storage/partition_retention.h"

#include <algorithm>

namespace muster {
namespace {

constexpr std::size_t kFusePart = 4;  // a quarter

bool is_expired(const Partition& partition, const RetentionLimits& limits) {
  if (!partition.is_bounded() || partition.detach_pending) return false;
  const auto is_it = [&](const TimeRange& range) { return range.overlaps(partition.range); };
  return partition.range.to <= std::min(limits.cutoff, limits.finalised_until) &&
         std::ranges::none_of(limits.exempt, is_it);
}

}  // namespace

RetentionPlan plan_retention(const std::vector<Partition>& partitions,
                             const RetentionLimits& limits) {
  RetentionPlan plan;
  WallTime newest = WallTime::min();
  for (const Partition& partition : partitions) newest = std::max(newest, partition.range.to);
  for (const Partition& partition : partitions) {
    if (partition.range.to == newest || !is_expired(partition, limits)) continue;
    plan.expired.push_back(partition);
  }
  const std::size_t most = std::max<std::size_t>(partitions.size() / kFusePart, 1);
  plan.fuse_blown = limits.fuse && plan.expired.size() > most;
  return plan;
}

}  // namespace muster
