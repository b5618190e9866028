#include "common/net/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace muster {
namespace {

constexpr int kGzipOrZlib = 15 + 32;  // inflateInit2: the header tells which
constexpr int kRawDeflate = -15;      // what some servers send as "deflate" against the RFC

class Inflater {
 public:
  explicit Inflater(int window_bits) { ready_ = ::inflateInit2(&stream_, window_bits) == Z_OK; }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  FailureReason run(std::string_view encoded, std::size_t most_bytes, std::string& decoded) {
    std::array<unsigned char, 16 * 1024> block;
    decoded.clear();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(encoded.data()));
    stream_.avail_in = static_cast<uInt>(encoded.size());
    int state = ready_ ? Z_OK : Z_MEM_ERROR;
    while (state == Z_OK) {
      stream_.next_out = block.data();
      stream_.avail_out = block.size();
      state = ::inflate(&stream_, Z_NO_FLUSH);
      const std::size_t count = block.size() - stream_.avail_out;
      if (decoded.size() + count > most_bytes) return FailureReason::kBodyTooLarge;
      decoded.append(reinterpret_cast<const char*>(block.data()), count);
    }
    return state == Z_STREAM_END ? FailureReason::kNone : FailureReason::kProtocol;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Coding coding_of(std::string_view content_encoding) {
  std::string lower(content_encoding);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.empty() || lower == "identity") return Coding::kIdentity;
  if (lower == "gzip" || lower == "x-gzip" || lower == "deflate") return Coding::kCompressed;
  return Coding::kUnknown;
}

FailureReason inflate_body(std::string_view encoded, std::size_t most_bytes, std::string& decoded) {
  const FailureReason reason = Inflater(kGzipOrZlib).run(encoded, most_bytes, decoded);
  if (reason != FailureReason::kProtocol) return reason;
  return Inflater(kRawDeflate).run(encoded, most_bytes, decoded);
}

}  // namespace muster
