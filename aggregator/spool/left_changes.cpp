#include "aggregator/spool/left_changes.h"

#include <algorithm>

#include "aggregator/spool/segment_replay.h"

namespace muster {
namespace {

constexpr std::size_t kBatchRows = 1'000;

void read_changes(const SealedSegment& segment, LeftChanges& changes) {
  auto replay = SegmentReplay::open(segment);
  if (!replay) return;
  for (auto batch = replay->next(kBatchRows); batch && !batch->empty();
       batch = replay->next(kBatchRows)) {
    for (const ResultRow& row : batch->rows) {
      if (row.change) changes[row.server].push_back(*row.change);
    }
  }
}

}  // namespace

LeftChanges read_left_changes(const std::vector<SealedSegment>& segments) {
  LeftChanges changes;
  for (const SealedSegment& segment : segments) read_changes(segment, changes);
  for (auto& [server, list] : changes) std::ranges::sort(list, {}, &HealthChange::slot_ms);
  return changes;
}

}  // namespace muster
