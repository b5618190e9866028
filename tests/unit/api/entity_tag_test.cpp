#include "aggregator/api/entity_tag.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class EntityTagTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EntityTagTest);
  CPPUNIT_TEST(if_match_compares_strongly);
  CPPUNIT_TEST(what_is_shown_is_part_of_the_tag);
  CPPUNIT_TEST(if_none_match_compares_weakly);
  CPPUNIT_TEST_SUITE_END();

  void if_match_compares_strongly() {
    const std::string tag = entity_tag(7);
    CPPUNIT_ASSERT_EQUAL(std::string("\"7\""), tag);
    for (const char* good : {"\"7\"", "*", " * ", "\"6\", \"7\"", "\"7\",\"8\"", "\"7-ab\""}) {
      CPPUNIT_ASSERT_MESSAGE(good, if_match(good, 7));
    }
    for (const char* bad : {"", "7", "\"77\"", "\"6\"", "W/\"7\"", "\"7", "\"6\", 7", "\"77-ab\"",
                            "W/\"7-ab\"", "\"7-ab", "\"7x\"", "\"-7\"", "\"6-7\""}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !if_match(bad, 7));
    }
  }

  void what_is_shown_is_part_of_the_tag() {
    const std::string tag = entity_tag(7, "up");
    CPPUNIT_ASSERT(tag.starts_with("\"7-"));
    CPPUNIT_ASSERT(if_match(tag, 7));
    CPPUNIT_ASSERT_EQUAL(tag, entity_tag(7, "up"));
    CPPUNIT_ASSERT(!if_none_match(entity_tag(7, "down"), tag));
  }

  void if_none_match_compares_weakly() {
    const std::string tag = entity_tag(7);
    for (const char* good : {"\"7\"", "*", "W/\"7\"", "\"1\" , W/\"7\""}) {
      CPPUNIT_ASSERT_MESSAGE(good, if_none_match(good, tag));
    }
    CPPUNIT_ASSERT(!if_none_match("\"8\"", tag));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EntityTagTest);
}  // namespace muster
