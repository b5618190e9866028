// The 5-minute buckets that a batch's facts fall into. In the batch's transaction they are noted
// for the roller, as far as it has passed them already: see rollup_note() in sql/0009. [writer]
#pragma once

#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/period.h"

namespace muster {

class DirtyRanges {
 public:
  // A segment is nearly in order of time, so the same bucket comes many times in a row.
  void touch(WallTime at) {
    if (!buckets_.empty() && at >= buckets_.back() && at < end_) return;
    buckets_.push_back(floor_to(Period::kFiveMinutes, at));
    end_ = buckets_.back() + length_of(Period::kFiveMinutes);
  }

  DbResult<void> note(Connection& connection) const;

 private:
  std::vector<WallTime> buckets_;
  WallTime end_;
};

}  // namespace muster
