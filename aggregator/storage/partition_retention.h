// Which partitions a table has no more use for, with the fuses that keep a wrong clock or setting
// from taking the history: never the newest one, and none at all when more than a quarter would go
// at once (one may always go). Pure.
#pragma once

#include <vector>

#include "aggregator/storage/partition_catalog.h"

namespace muster {

struct RetentionLimits {
  WallTime cutoff;                             // rows before it are too old
  WallTime finalised_until = WallTime::max();  // what is made of the rows is ready up to here
  std::vector<TimeRange> exempt;               // restored not long ago
  bool fuse = true;                            // false: a person said that it may be many
};

struct RetentionPlan {
  std::vector<Partition> expired;  // oldest first
  bool fuse_blown = false;         // then nothing may go, and a person must look
};

RetentionPlan plan_retention(const std::vector<Partition>& partitions,
                             const RetentionLimits& limits);

}  // namespace muster
