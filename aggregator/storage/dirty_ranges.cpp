#include "aggregator/storage/dirty_ranges.h"

namespace muster {

DbResult<void> DirtyRanges::note(Connection& connection) const {
  if (buckets_.empty()) return {};
  auto noted = connection.exec("SELECT rollup_note($1)", {Param::times(buckets_)});
  if (!noted) return fail(noted.error());
  return {};
}

}  // namespace muster
