#include "aggregator/spool/segment_reader.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"

namespace muster {

Result<SegmentReader> SegmentReader::open(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, path.string() + " is gone");
  if (!fd) return fail_errno(path.string());
  SegmentReader reader(std::move(fd));
  const auto there = reader.have(kSegmentHeader);
  if (!there) return fail(there.error().in(path.string()));
  if (!*there || !reader.read_header()) {
    return fail(ErrorCode::kInvalid, path.string() + ": not a segment that this version can read");
  }
  reader.seek(kSegmentHeader);
  return reader;
}

bool SegmentReader::read_header() {
  const auto header = std::string_view(buffer_).substr(0, kSegmentHeader);
  std::copy_n(header.begin() + kSegmentMagic.size(), id_.bytes.size(), id_.bytes.begin());
  return header == segment_header(id_);
}

void SegmentReader::seek(std::int64_t position) {
  buffer_.clear();
  begin_ = 0;
  at_end_ = false;
  position_ = std::max(position, kSegmentHeader);
}

Result<std::optional<SegmentReader::Record>> SegmentReader::next() {
  while (true) {
    const auto length = whole_record();
    if (!length) return fail(length.error());
    if (*length) {
      count_skipped();
      const std::size_t whole = kRecordHeader + **length;
      const auto payload = std::string_view(buffer_).substr(begin_ + kRecordHeader, **length);
      begin_ += whole;
      position_ += static_cast<std::int64_t>(whole);
      return Record{payload, position_};
    }
    const auto more = have(kRecordHeader + 1);
    if (!more) return fail(more.error());
    if (skipped_ == 0) torn_ = runs_over_;
    if (!*more) {
      count_rest();
      return std::nullopt;
    }
    skip_byte();
  }
}

Result<std::optional<std::size_t>> SegmentReader::whole_record() {
  const auto header = have(kRecordHeader);
  if (!header) return fail(header.error());
  runs_over_ = !*header;
  if (runs_over_) return std::nullopt;
  ByteReader from(std::string_view(buffer_).substr(begin_, kRecordHeader));
  const auto checksum = from.take<std::uint32_t>();
  const std::size_t length = from.take<std::uint32_t>();
  if (length == 0 || length > kMostRecord) return std::nullopt;
  const auto payload = have(kRecordHeader + length);
  if (!payload) return fail(payload.error());
  runs_over_ = !*payload;
  if (runs_over_) return std::nullopt;
  const auto checked =
      std::string_view(buffer_).substr(begin_ + sizeof checksum, sizeof(std::uint32_t) + length);
  if (crc32c(checked) != checksum) return std::nullopt;
  return length;
}

void SegmentReader::skip_byte() {
  ++begin_;
  ++position_;
  ++skipped_;
}

void SegmentReader::count_skipped() {
  if (skipped_ > 0) ++damages_;
  damaged_bytes_ += std::exchange(skipped_, 0);
}

// At the end of the file.
void SegmentReader::count_rest() {
  skipped_ += static_cast<std::int64_t>(buffer_.size() - begin_);
  begin_ = buffer_.size();
  if (torn_) torn_bytes_ += std::exchange(skipped_, 0);
  count_skipped();
}

Result<bool> SegmentReader::have(std::size_t bytes) {
  if (buffer_.size() - begin_ >= bytes) return true;
  if (at_end_) return false;
  buffer_.erase(0, std::exchange(begin_, 0));
  while (buffer_.size() < bytes) {
    const std::size_t filled = buffer_.size();
    buffer_.resize(std::max(bytes, kReadAhead));
    const ssize_t count = ::pread(fd_.get(), buffer_.data() + filled, buffer_.size() - filled,
                                  position_ + static_cast<std::int64_t>(filled));
    const int error = errno;
    buffer_.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    errno = error;
    if (count < 0 && errno != EINTR) return fail_errno("reading a segment");
    if (count == 0) return !(at_end_ = true);
  }
  return true;
}

}  // namespace muster
