#include "aggregator/spool/segment_replay.h"

namespace muster {
namespace {

// In memory they take several times as much.
constexpr std::int64_t kMostBytes = std::int64_t{4} << 20;

}  // namespace

Result<SegmentReplay> SegmentReplay::open(const SealedSegment& segment) {
  auto reader = SegmentReader::open(segment.path);
  if (!reader) return fail(reader.error());
  SegmentReplay replay(std::move(*reader));
  replay.skip_to(segment.from);
  return replay;
}

void SegmentReplay::skip_to(std::int64_t position) {
  if (position <= position_) return;
  position_ = position;
  reader_.seek(position);
}

Result<ResultBatch> SegmentReplay::next(std::size_t most_rows) {
  ResultBatch batch;
  batch.segment = reader_.id();
  batch.from = position_;
  batch.rows.reserve(most_rows);
  batch.ends.reserve(most_rows);
  while (batch.empty() || (batch.rows.size() < most_rows && batch.to() - batch.from < kMostBytes)) {
    const auto record = reader_.next();
    if (!record) return fail(record.error());
    if (!*record) break;
    position_ = (*record)->end;
    auto row = decoder_.decode((*record)->payload);
    if (!row) {
      ++undecoded_;
      continue;
    }
    batch.rows.push_back(std::move(*row));
    batch.ends.push_back(position_);
  }
  return batch;
}

}  // namespace muster
