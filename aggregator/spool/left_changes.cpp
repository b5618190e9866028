#include "aggregator/spool/left_changes.h"

#include "aggregator/spool/row_codec.h"
#include "aggregator/spool/segment_reader.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{4} << 30;

Result<void> read_changes(const SealedSegment& segment, LeftChanges& changes) {
  auto reader = SegmentReader::open(segment.path);
  if (!reader) return fail(reader.error());
  while (true) {
    const auto record = reader->next();
    if (!record) return fail(record.error());
    if (!*record) return {};
    auto [server, change] = change_in((*record)->payload);
    if (change) changes[server].see(*change);
  }
}

}  // namespace

LeftChanges read_left_changes(const std::vector<SealedSegment>& segments,
                              const std::function<bool()>& give_up) {
  LeftChanges changes;
  std::int64_t bytes = 0;
  for (auto segment = segments.rbegin(); segment != segments.rend() && !give_up(); ++segment) {
    bytes += segment->bytes;
    if (bytes > kMostBytes) {
      log::warn("spool.changes_not_read", {{"why", "too much waits"}, {"most_bytes", kMostBytes}});
      break;
    }
    const auto read = read_changes(*segment, changes);
    if (!read && read.error().code != ErrorCode::kNotFound) {
      log::warn("spool.changes_not_read", {{"why", read.error().message}});
    }
  }
  return changes;
}

}  // namespace muster
