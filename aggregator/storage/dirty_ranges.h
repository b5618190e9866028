// The 5-minute buckets that a batch's facts fall into. In the batch's transaction they are noted
// for the roller, as far as it has passed them already: see rollup_note() in sql/0009. [writer]
#pragma once

#include <cstdint>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/period.h"

namespace muster {

class DirtyRanges {
 public:
  // A segment is nearly in order of time, so the same bucket comes many times in a row.
  // `stored` says whether it counts: what goes to quarantine is noted, but not late yet.
  void touch(WallTime at, bool stored) {
    if (buckets_.empty() || at < buckets_.back() || at >= end_) {
      buckets_.push_back(floor_to(Period::kFiveMinutes, at));
      rows_.push_back(0);
      end_ = buckets_.back() + length_of(Period::kFiveMinutes);
    }
    rows_.back() += stored ? 1 : 0;
  }

  // How many rows came late: behind the roller.
  DbResult<std::int64_t> note(Connection& connection) const;

 private:
  std::vector<WallTime> buckets_;
  std::vector<std::int64_t> rows_;  // of each
  WallTime end_;                    // of the last
};

}  // namespace muster
