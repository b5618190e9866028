// How far the rollups are: until where each level is complete, by one short read. On the thread of
// the connection.
#pragma once

#include <string>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/period.h"

namespace muster {

// Of one rollup ("health"). A level that was never computed ends at the Unix epoch; none is ahead
// of a finer one.
struct RollupMarks {
  WallTime five_minutes;
  WallTime hour;
  WallTime day;

  WallTime upto(Period period) const;
};

DbResult<RollupMarks> read_rollup_marks(Connection& connection, const std::string& rollup);

// How long servers are left alone for, by what the configuration says.
struct RollupSpan {
  // By the rarest probe. Two readings of a counter that are farther apart say nothing of the time
  // between them; nothing that is older than this before a bucket is looked at for it.
  std::chrono::seconds holds{std::chrono::minutes(10)};
  std::chrono::seconds silence{std::chrono::minutes(10)};  // by the breaker: once unreachable
};

}  // namespace muster
