#include "aggregator/storage/event_retention.h"

#include <algorithm>

#include "common/base/log.h"

namespace muster {
namespace {

constexpr const char* kRemove = R"(
WITH gone AS (
  DELETE FROM fleet_events
  WHERE id IN (SELECT id FROM fleet_events WHERE at < $1 ORDER BY at LIMIT $2)
  RETURNING org_id, id
), noted AS (
  INSERT INTO fleet_events_removed AS r (org_id, last_id)
  SELECT org_id, max(id) FROM gone GROUP BY org_id ORDER BY org_id
  ON CONFLICT (org_id) DO UPDATE SET last_id = greatest(r.last_id, excluded.last_id)
)
SELECT count(*) FROM gone)";

}  // namespace

// By the slower one of two clocks: a wrong one then removes nothing that is to stay.
Result<void> EventRetention::run_once(WallTime now) const {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto theirs = (*lease)->exec("SELECT " + micros("now()"));
  if (!theirs) return fail(theirs.error());
  const WallTime cutoff = keep_.before(std::min(now, theirs->time(0, 0)));
  std::int64_t removed = 0;
  for (int batch = 0; batch < kMostBatches; ++batch) {
    auto gone = (*lease)->exec(kRemove, {cutoff, kBatch});
    if (!gone) return fail(gone.error());
    removed += gone->integer(0, 0);
    if (gone->integer(0, 0) < kBatch) break;
  }
  if (removed > 0) log::info("storage.events_removed", {{"events", removed}});
  return {};
}

}  // namespace muster
