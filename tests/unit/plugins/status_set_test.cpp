#include "plugins/http/status_set.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using http_probe::StatusSet;

class StatusSetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(StatusSetTest);
  CPPUNIT_TEST(knows_single_statuses_classes_and_ranges);
  CPPUNIT_TEST(refuses_everything_else);
  CPPUNIT_TEST_SUITE_END();

  void knows_single_statuses_classes_and_ranges() {
    StatusSet set;
    for (const char* text : {"204", "3xx", "400-404"}) CPPUNIT_ASSERT(set.add(text));
    for (const int good : {204, 300, 399, 400, 402, 404}) CPPUNIT_ASSERT(set.contains(good));
    for (const int bad : {0, 200, 203, 205, 299, 405, 599}) CPPUNIT_ASSERT(!set.contains(bad));
    CPPUNIT_ASSERT_EQUAL(std::string("204, 3xx, 400-404"), set.text());
  }

  void refuses_everything_else() {
    StatusSet set;
    for (const char* text : {"", "2", "20", "2000", "2x", "xxx", "6xx", "0xx", "099", "600", "-200",
                             "200-", "300-200", "200-2xx", " 200", "2Xx"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !set.add(text));
    }
    CPPUNIT_ASSERT(!set.contains(200));
    CPPUNIT_ASSERT(set.text().empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StatusSetTest);
}  // namespace muster
