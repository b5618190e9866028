#include "aggregator/storage/dirty_ranges.h"

namespace muster {

DbResult<std::int64_t> DirtyRanges::note(Connection& connection) const {
  if (buckets_.empty()) return 0;
  auto noted = connection.exec("SELECT rollup_note($1), (SELECT " + micros("upto") +
                                   " FROM rollup_mark WHERE rollup = 'facts')",
                               {Param::times(buckets_)});
  if (!noted) return fail(noted.error());
  const std::optional<WallTime> mark = noted->optional_time(0, 1);
  std::int64_t late = 0;
  for (std::size_t i = 0; mark && i < buckets_.size(); ++i) {
    if (buckets_[i] < *mark) late += rows_[i];
  }
  return late;
}

}  // namespace muster
