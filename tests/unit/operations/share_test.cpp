#include "aggregator/operations/share.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class ShareTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ShareTest);
  CPPUNIT_TEST(reads_numbers_and_percentages);
  CPPUNIT_TEST(refuses_all_else);
  CPPUNIT_TEST(rounds_down);
  CPPUNIT_TEST_SUITE_END();

  void reads_numbers_and_percentages() {
    CPPUNIT_ASSERT(Share::parse("50") == (Share{50, false}));
    CPPUNIT_ASSERT(Share::parse("0") == (Share{0, false}));
    CPPUNIT_ASSERT(Share::parse("10%") == (Share{10, true}));
    CPPUNIT_ASSERT(Share::parse("100%") == (Share{100, true}));
  }

  void refuses_all_else() {
    for (const char* text : {"", "%", "-1", "101%", "1.5", "10 %", " 1", "1x", "%10", "10%%",
                             "99999999999", "+1", "1e3"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !Share::parse(text));
    }
  }

  void rounds_down() {
    CPPUNIT_ASSERT_EQUAL(1, (Share{10, true}.of(19)));
    CPPUNIT_ASSERT_EQUAL(0, (Share{10, true}.of(9)));
    CPPUNIT_ASSERT_EQUAL(10'000, (Share{100, true}.of(10'000)));
    CPPUNIT_ASSERT_EQUAL(50, (Share{50, false}.of(9)));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ShareTest);
}  // namespace muster
