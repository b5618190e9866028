#include "common/net/inflate.h"

#include <cppunit/extensions/HelperMacros.h>
#include <zlib.h>

namespace muster {

class InflateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(InflateTest);
  CPPUNIT_TEST(decodes_gzip_zlib_and_raw_deflate);
  CPPUNIT_TEST(stops_a_bomb_at_the_cap);
  CPPUNIT_TEST(refuses_damaged_and_truncated_data);
  CPPUNIT_TEST(knows_the_codings);
  CPPUNIT_TEST_SUITE_END();

  static std::string deflated(const std::string& text, int window_bits) {
    z_stream stream{};
    ::deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
  }

  void decodes_gzip_zlib_and_raw_deflate() {
    const std::string text(50'000, 'm');
    for (const int window_bits : {15 + 16, 15, -15}) {
      std::string decoded;
      CPPUNIT_ASSERT(inflate_body(deflated(text, window_bits), 1 << 20, decoded) ==
                     FailureReason::kNone);
      CPPUNIT_ASSERT(decoded == text);
    }
  }

  void stops_a_bomb_at_the_cap() {
    const std::string bomb = deflated(std::string(50 << 20, '\0'), 15 + 16);
    std::string decoded;
    CPPUNIT_ASSERT(inflate_body(bomb, 1 << 20, decoded) == FailureReason::kBodyTooLarge);
    CPPUNIT_ASSERT(decoded.size() <= 1 << 20);
  }

  void refuses_damaged_and_truncated_data() {
    std::string decoded;
    std::string damaged = deflated("a text that is long enough to be damaged", 15 + 16);
    CPPUNIT_ASSERT(inflate_body(damaged.substr(0, damaged.size() / 2), 1 << 20, decoded) ==
                   FailureReason::kProtocol);
    damaged[damaged.size() - 6] ^= 1;  // the checksum
    CPPUNIT_ASSERT(inflate_body(damaged, 1 << 20, decoded) == FailureReason::kProtocol);
    CPPUNIT_ASSERT(inflate_body("not compressed at all", 1 << 20, decoded) ==
                   FailureReason::kProtocol);
  }

  void knows_the_codings() {
    CPPUNIT_ASSERT(coding_of("") == Coding::kIdentity);
    CPPUNIT_ASSERT(coding_of("GZIP") == Coding::kCompressed);
    CPPUNIT_ASSERT(coding_of("deflate") == Coding::kCompressed);
    CPPUNIT_ASSERT(coding_of("br") == Coding::kUnknown);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(InflateTest);
}  // namespace muster
