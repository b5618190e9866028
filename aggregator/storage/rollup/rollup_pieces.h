// Where the answer to a question about the past comes from: which time from which level, and what
// is too young for any from the facts. Pure.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "aggregator/storage/partition_planner.h"
#include "aggregator/storage/rollup_marks.h"

namespace muster {

struct RollupPieces {
  struct Stored {
    Period period;
    TimeRange range;
    bool operator==(const Stored&) const = default;
  };

  std::vector<Stored> stored;  // none is empty
  TimeRange facts;             // empty, from == to, when the levels know it all
};

// Buckets of `period` (5 minutes or more) in `range`, which begins with one. Those before the
// level's mark stand first in `stored`, complete; all the rest is still to be put together.
RollupPieces pieces_for_buckets(TimeRange range, Period period, const RollupMarks& marks);

// `range` with its ends moved outwards to where buckets begin: of 5 minutes, or of the finest
// period that an end still has. `oldest`: where 5 minutes and hours begin; days are taken to be
// there.
struct OldestBuckets {
  WallTime five_minutes;
  WallTime hour;
};
TimeRange moved_outwards(const TimeRange& range, const OldestBuckets& oldest);

// All of `range`, a multiple of 5 minutes but for its end, from as coarse levels as fit in.
RollupPieces pieces_for_total(TimeRange range, const RollupMarks& marks);

// The coarsest period that still gives enough buckets, of those that fit into `limit` and reach
// back to where the range begins, or at least farther than the coarser ones.
// `oldest`: where the history of each Period begins.
Period choose_period(const TimeRange& range, int limit, const std::array<WallTime, 4>& oldest);

}  // namespace muster
