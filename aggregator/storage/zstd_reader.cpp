#include "aggregator/storage/zstd_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <utility>

namespace muster {
namespace {

constexpr int kMostWindowLog = 24;  // 16 MiB; level 9 takes 4

}  // namespace

void ZstdReader::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

Result<ZstdReader> ZstdReader::open(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail_errno(path.string());
  return ZstdReader(path.string(), std::move(fd));
}

ZstdReader::ZstdReader(std::string name, UniqueFd fd)
    : name_(std::move(name)),
      fd_(std::move(fd)),
      context_(ZSTD_createDCtx()),
      in_(ZSTD_DStreamInSize()),
      out_(ZSTD_DStreamOutSize()) {
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMostWindowLog);
}

Result<std::string_view> ZstdReader::next() {
  while (true) {
    if (in_at_ == in_size_) {
      const auto more = fill();
      if (!more) return fail(more.error());
      if (!*more && whole_ && bytes_ > 0) return std::string_view();
      if (!*more) return fail(ErrorCode::kInvalid, name_ + ": is cut short");
    }
    ZSTD_inBuffer in{in_.data(), in_size_, in_at_};
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(code) != 0) {
      return fail(ErrorCode::kInvalid, name_ + ": " + ZSTD_getErrorName(code));
    }
    in_at_ = in.pos;
    whole_ = code == 0;
    if (out.pos > 0) return std::string_view(out_.data(), out.pos);
  }
}

Result<bool> ZstdReader::fill() {
  ssize_t count = 0;
  do {
    count = ::read(fd_.get(), in_.data(), in_.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail_errno(name_);
  in_at_ = 0;
  in_size_ = static_cast<std::size_t>(count);
  bytes_ += in_size_;
  sha256_.add({in_.data(), in_size_});
  return count > 0;
}

}  // namespace muster
