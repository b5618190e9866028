#include "tests/simfleet/hostile_bodies.h"

#include <zlib.h>

#include <string_view>

namespace muster::sim {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

// Raw deflate of `text` that ends at a byte boundary and refers to nothing before it, so that it
// can stand anywhere, and more than once, in a stream.
std::string deflate_block(std::string_view text, int flush) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, flush);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Collects deflate blocks and the checksum of what they decode to.
class GzipStream {
 public:
  void add(std::string_view text, std::size_t times, int flush) {
    const std::string block = deflate_block(text, flush);
    const uLong sum =
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    for (std::size_t i = 0; i < times; ++i) {
      out_ += block;
      crc_ = crc32_combine(crc_, sum, static_cast<z_off_t>(text.size()));
      size_ += text.size();
    }
  }

  std::string finish() && {
    for (const std::size_t word : {static_cast<std::size_t>(crc_), size_}) {
      for (int shift = 0; shift < 32; shift += 8) out_ += static_cast<char>(word >> shift & 0xff);
    }
    return std::move(out_);
  }

 private:
  std::string out_{"\x1f\x8b\x08\0\0\0\0\0\0\x03", 10};
  uLong crc_ = 0;
  std::size_t size_ = 0;
};

}  // namespace

std::string gzip_bomb() {
  GzipStream stream;
  stream.add(kPaddedBegin, 1, Z_FULL_FLUSH);
  stream.add(std::string(kBlockBytes, 'a'), kBombBytes / kBlockBytes, Z_FULL_FLUSH);
  stream.add(kPaddedEnd, 1, Z_FINISH);
  return std::move(stream).finish();
}

std::string deep_json() {
  return R"({"status":"healthy","deep":)" + std::string(kDepth, '[') + std::string(kDepth, ']') +
         "}";
}

std::string bad_utf8_json() {
  return "{\"status\":\"healthy\",\"version\":\"1.4.2-\xff\xfe\xc3\x28\xed\xa0\x80\","
         "\"services\":{\"caf\xe9\":\"healthy\"}}";
}

}  // namespace muster::sim
