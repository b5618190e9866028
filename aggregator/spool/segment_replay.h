// Reads the results of a segment again, a batch at a time, so that memory stays bounded however
// much waits. Owned by thread `writer`.
#pragma once

#include "aggregator/spool/result_batch.h"
#include "aggregator/spool/row_codec.h"
#include "aggregator/spool/segment_reader.h"

namespace muster {

class SegmentReplay {
 public:
  static Result<SegmentReplay> open(const SealedSegment& segment);

  const Uuid& id() const { return reader_.id(); }
  void skip_to(std::int64_t position);  // unless it is there already

  // Empty at the end of the segment. Rows that are large are fewer in a batch.
  Result<ResultBatch> next(std::size_t most_rows);

  std::int64_t damages() const { return reader_.damages() + undecoded_; }
  std::int64_t damaged_bytes() const { return reader_.damaged_bytes(); }
  std::int64_t torn_bytes() const { return reader_.torn_bytes(); }

 private:
  explicit SegmentReplay(SegmentReader reader) : reader_(std::move(reader)) {}

  SegmentReader reader_;
  RowDecoder decoder_;
  std::int64_t position_ = kSegmentHeader;
  std::int64_t undecoded_ = 0;
};

}  // namespace muster
