// One segment being written. After the first failure nothing more is appended: what the disk did
// with a failed write or fdatasync cannot be known, so a new segment is begun. Owned by thread
// `spool`.
#pragma once

#include "aggregator/spool/segment.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class SegmentWriter {
 public:
  // The file and its header, not yet on disk.
  static Result<SegmentWriter> create(std::filesystem::path path);

  // Appends whole records and has them on disk when it returns. If it fails, none of them counts:
  // the file is cut back to what it was.
  Result<void> append(std::string_view records);

  const std::filesystem::path& path() const { return path_; }
  const Uuid& id() const { return id_; }
  std::int64_t end() const { return end_; }  // of what is on disk
  bool empty() const { return end_ == kSegmentHeader; }

  SealedSegment sealed(std::int64_t from) const { return {path_, id_, from, end_}; }

 private:
  SegmentWriter(std::filesystem::path path, UniqueFd fd)
      : path_(std::move(path)), fd_(std::move(fd)), id_(Uuid::random()) {}

  tl::unexpected<Error> give_up(Error error);

  std::filesystem::path path_;
  UniqueFd fd_;
  Uuid id_;
  std::int64_t end_ = 0;
};

}  // namespace muster
