#include "aggregator/spool/segment_writer.h"

#include <fcntl.h>

#include "common/base/file.h"

namespace muster {

Result<SegmentWriter> SegmentWriter::create(std::filesystem::path path) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC;
  UniqueFd fd(::open(path.c_str(), kFlags, 0600));
  if (!fd) return fail_errno(path.string());
  SegmentWriter writer(std::move(path), std::move(fd));
  if (auto written = write_all(writer.fd_.get(), writer.path_.string(), segment_header(writer.id_));
      !written) {
    ::unlink(writer.path_.c_str());
    return fail(written.error());
  }
  writer.end_ = kSegmentHeader;
  return writer;
}

Result<void> SegmentWriter::append(std::string_view records) {
  if (auto written = write_all(fd_.get(), path_.string(), records); !written)
    return give_up(written.error());
  if (::fdatasync(fd_.get()) != 0) return give_up(fail_errno(path_.string()).value());
  end_ += static_cast<std::int64_t>(records.size());
  return {};
}

// What is not counted here is kept elsewhere, and must not be found here after a restart.
tl::unexpected<Error> SegmentWriter::give_up(Error error) {
  if (::ftruncate(fd_.get(), end_) != 0) error.message += "; cutting it back failed as well";
  return fail(std::move(error));
}

}  // namespace muster
