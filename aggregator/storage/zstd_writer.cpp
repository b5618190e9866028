#include "aggregator/storage/zstd_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <utility>

#include "common/base/file.h"

namespace muster {
namespace {

constexpr int kLevel = 9;

Error compression_error(const std::string& name, std::size_t code) {
  return {ErrorCode::kInternal, name + ": " + ZSTD_getErrorName(code)};
}

}  // namespace

void ZstdWriter::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

Result<ZstdWriter> ZstdWriter::create(std::filesystem::path path) {
  const std::string part = path.string() + ".part";
  // What a crash left is written over.
  UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) return fail_errno(part);
  return ZstdWriter(std::move(path), std::move(fd));
}

ZstdWriter::ZstdWriter(std::filesystem::path path, UniqueFd fd)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      context_(ZSTD_createCCtx()),
      out_(ZSTD_CStreamOutSize()) {
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

ZstdWriter::~ZstdWriter() {
  if (fd_) ::unlink(part_name().c_str());
}

Result<void> ZstdWriter::write(std::string_view piece) {
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    const std::size_t code = ZSTD_compressStream2(context_.get(), &out, &in, ZSTD_e_continue);
    if (ZSTD_isError(code) != 0) return fail(compression_error(part_name(), code));
    if (auto written = flush_out(out.pos); !written) return written;
  }
  return {};
}

Result<ZstdWriter::Written> ZstdWriter::finish() {
  ZSTD_inBuffer nothing{nullptr, 0, 0};
  for (std::size_t left = 1; left > 0;) {
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    left = ZSTD_compressStream2(context_.get(), &out, &nothing, ZSTD_e_end);
    if (ZSTD_isError(left) != 0) return fail(compression_error(part_name(), left));
    if (auto written = flush_out(out.pos); !written) return fail(written.error());
  }
  if (::fsync(fd_.get()) != 0) return fail_errno(part_name());
  if (::rename(part_name().c_str(), path_.c_str()) != 0) return fail_errno(path_.string());
  fd_ = UniqueFd();
  if (auto synced = sync_directory(path_.parent_path()); !synced) return fail(synced.error());
  return Written{sha256_.finish(), bytes_};
}

Result<void> ZstdWriter::flush_out(std::size_t size) {
  const std::string_view compressed(out_.data(), size);
  sha256_.add(compressed);
  bytes_ += size;
  return write_all(fd_.get(), part_name(), compressed);
}

}  // namespace muster
