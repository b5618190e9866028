// The folder of the spool: its lock, its segments, in the order in which they were begun, and how
// much they hold. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "aggregator/spool/segment.h"
#include "aggregator/spool/segment_writer.h"
#include "common/base/file_lock.h"
#include "common/base/result.h"

namespace muster {

class SpoolDirectory {
 public:
  // Made when missing. kConflict when another process uses it.
  static Result<SpoolDirectory> open(std::filesystem::path path);

  // What an earlier process left, oldest first.
  Result<std::vector<SealedSegment>> segments() const;

  Result<SegmentWriter> begin_segment();  // its name is on disk when it returns

  Result<void> remove(const std::filesystem::path& segment);  // durably

  // A file that cannot be read as a segment: kept under another name, for people.
  Result<void> put_aside(const std::filesystem::path& segment);

 private:
  SpoolDirectory(std::filesystem::path path, FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  Result<void> tidy();

  std::filesystem::path path_;
  FileLock lock_;
  std::int64_t last_number_ = 0;  // [spool]
};

}  // namespace muster
