// Reads a sealed segment from a position on, with bounded memory. Damage costs the records it lies
// in: the reader looks for the next one that is whole, and counts what it skipped. A last record
// that the file ends in was being written in a crash: its bytes are counted apart. One owner.
#pragma once

#include <optional>

#include "aggregator/spool/segment.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class SegmentReader {
 public:
  struct Record {
    std::string_view payload;  // valid until the next call
    std::int64_t end = 0;      // where the record ends in the segment
  };

  // kInvalid for a file that is not a segment, or one of another version.
  static Result<SegmentReader> open(const std::filesystem::path& path);

  const Uuid& id() const { return id_; }

  // From here on; a position where a record begins.
  void seek(std::int64_t position);

  // Nothing at the end.
  Result<std::optional<Record>> next();

  std::int64_t damaged_bytes() const { return damaged_bytes_; }
  std::int64_t damages() const { return damages_; }  // places, each of one record or more
  std::int64_t torn_bytes() const { return torn_bytes_; }

 private:
  static constexpr std::size_t kReadAhead = 256 * 1024;

  explicit SegmentReader(UniqueFd fd) : fd_(std::move(fd)) {}

  bool read_header();
  Result<bool> have(std::size_t bytes);  // that many lie in the buffer; false: the file ends before
  Result<std::optional<std::size_t>> whole_record();  // its length when one begins here
  void skip_byte();
  void count_skipped();
  void count_rest();

  UniqueFd fd_;
  Uuid id_;
  std::string buffer_;
  bool at_end_ = false;        // the buffer holds the file's last byte
  std::size_t begin_ = 0;      // in the buffer: where the next record begins
  std::int64_t position_ = 0;  // the same place in the file
  std::int64_t skipped_ = 0;   // bytes since the last whole record
  bool runs_over_ = false;     // the record that begins here would not end in the file
  bool torn_ = false;          // so it was with the first one skipped
  std::int64_t damaged_bytes_ = 0;
  std::int64_t damages_ = 0;
  std::int64_t torn_bytes_ = 0;
};

}  // namespace muster
