#include "aggregator/api/media_types.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class MediaTypesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MediaTypesTest);
  CPPUNIT_TEST(a_charset_other_than_utf_8_is_no_type);
  CPPUNIT_TEST(the_closest_range_decides);
  CPPUNIT_TEST_SUITE_END();

  void a_charset_other_than_utf_8_is_no_type() {
    CPPUNIT_ASSERT_EQUAL(std::string("application/json"),
                         media_type("Application/JSON; charset=\"UTF-8\""));
    CPPUNIT_ASSERT_EQUAL(std::string(), media_type("application/json; charset=latin1"));
  }

  void the_closest_range_decides() {
    const char* const json = "application/json";
    for (const char* good : {"", "*/*", "application/*", "application/json", "text/html, */*;q=0.1",
                             "application/json;q=0.5, */*;q=0", "APPLICATION/JSON"}) {
      CPPUNIT_ASSERT_MESSAGE(good, accepts(good, json));
    }
    for (const char* bad : {"text/html", "text/*", "application/json;q=0, */*", "application/xml",
                            "application/*;q=0.0, */*", "nonsense"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !accepts(bad, json));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MediaTypesTest);
}  // namespace muster
