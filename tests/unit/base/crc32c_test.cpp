#include "common/base/crc32c.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace muster {

class Crc32cTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(Crc32cTest);
  CPPUNIT_TEST(agrees_with_rfc_3720);
  CPPUNIT_TEST(agrees_at_every_length);
  CPPUNIT_TEST_SUITE_END();

  void agrees_with_rfc_3720() {
    CPPUNIT_ASSERT_EQUAL(0xE3069283u, crc32c("123456789"));
    CPPUNIT_ASSERT_EQUAL(0x8A9136AAu, crc32c(std::string(32, '\0')));
    CPPUNIT_ASSERT_EQUAL(0x62A8AB43u, crc32c(std::string(32, '\xFF')));
    CPPUNIT_ASSERT_EQUAL(0u, crc32c(""));
  }

  // Bit by bit, as the polynomial says.
  static std::uint32_t slowly(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char byte : bytes) {
      crc ^= static_cast<unsigned char>(byte);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
    }
    return ~crc;
  }

  void agrees_at_every_length() {
    std::string bytes;
    for (int i = 0; i < 70; ++i) {
      CPPUNIT_ASSERT_EQUAL(slowly(bytes), crc32c(bytes));
      bytes += static_cast<char>(i * 37 + 11);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Crc32cTest);
}  // namespace muster
