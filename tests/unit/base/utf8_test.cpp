#include "common/base/utf8.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace muster {

class Utf8Test : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(Utf8Test);
  CPPUNIT_TEST(takes_every_length_to_its_ends);
  CPPUNIT_TEST(refuses_surrogates);
  CPPUNIT_TEST(refuses_overlong_forms);
  CPPUNIT_TEST(refuses_what_is_past_the_end_of_unicode);
  CPPUNIT_TEST(refuses_stray_and_missing_bytes);
  CPPUNIT_TEST(every_bad_byte_is_found_anywhere);
  CPPUNIT_TEST(cuts_between_characters);
  CPPUNIT_TEST_SUITE_END();

  static void expect(bool good, std::string_view text) {
    std::string hex;
    for (const unsigned char byte : text) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    CPPUNIT_ASSERT_EQUAL_MESSAGE(hex, good, is_utf8(text));
  }

  void takes_every_length_to_its_ends() {
    expect(true, "");
    expect(true, std::string_view("\0", 1));
    expect(true, "plain \x7f");
    expect(true, "\xc2\x80");
    expect(true, "\xdf\xbf");
    expect(true, "\xe0\xa0\x80");
    expect(true, "\xed\x9f\xbf");  // the last before the surrogates
    expect(true, "\xee\x80\x80");  // the first behind them
    expect(true, "\xef\xbf\xbf");
    expect(true, "\xf0\x90\x80\x80");
    expect(true, "\xf4\x8f\xbf\xbf");
  }

  void cuts_between_characters() {
    const std::string_view text = "a\u00fc\u20ac";  // of 1, 2 and 3 bytes
    const std::size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6};
    for (std::size_t most = 0; most < 8; ++most) {
      CPPUNIT_ASSERT_EQUAL(text.substr(0, wanted[most]), clipped(text, most));
    }
  }

  void refuses_surrogates() {
    expect(false, "\xed\xa0\x80");
    expect(false, "\xed\xaf\xbf");
    expect(false, "\xed\xb0\x80");
    expect(false, "\xed\xbf\xbf");
    expect(false, "\xed\xa0\xbd\xed\xb8\x80");  // a pair, as CESU-8 has it
  }

  void refuses_overlong_forms() {
    expect(false, "\xc0\x80");
    expect(false, "\xc0\xaf");
    expect(false, "\xc1\xbf");
    expect(false, "\xe0\x80\xaf");
    expect(false, "\xe0\x9f\xbf");
    expect(false, "\xf0\x80\x80\xaf");
    expect(false, "\xf0\x8f\xbf\xbf");
  }

  void refuses_what_is_past_the_end_of_unicode() {
    expect(false, "\xf4\x90\x80\x80");
    expect(false, "\xf5\x80\x80\x80");
    expect(false, "\xf8\x88\x80\x80\x80");
    expect(false, "\xfc\x84\x80\x80\x80\x80");
    expect(false, "\xfe");
    expect(false, "\xff");
  }

  void refuses_stray_and_missing_bytes() {
    expect(false, "\x80");
    expect(false, "a\xbf");
    expect(false, "\xc3");
    expect(false, "\xc3(");
    expect(false, "\xe2\x82");
    expect(false, "\xe2(\xa1");
    expect(false, "\xe2\x82(");
    expect(false, "\xf0\x9f\x98");
    expect(false, "\xf0\x9f\x98(");
    expect(false, "\xc3\xa9\xa9");
  }

  void every_bad_byte_is_found_anywhere() {
    const std::string good = "caf\xc3\xa9 \xf0\x9f\x98\x80 end";
    expect(true, good);
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = '\xff';
      expect(false, bad);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Utf8Test);
}  // namespace muster
