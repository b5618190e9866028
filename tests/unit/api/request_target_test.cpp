#include "aggregator/api/request_target.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class RequestTargetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RequestTargetTest);
  CPPUNIT_TEST(decodes_segments_and_query);
  CPPUNIT_TEST(keeps_an_encoded_slash_inside_its_segment);
  CPPUNIT_TEST(refuses_what_is_no_path_of_utf8);
  CPPUNIT_TEST(encodes_what_it_decodes);
  CPPUNIT_TEST_SUITE_END();

  void decodes_segments_and_query() {
    const auto target = parse_target("/a/b%20c+d?x=1+2&y=%26&&flag");
    CPPUNIT_ASSERT(target.has_value());
    const std::vector<std::string> segments{"a", "b c+d"};
    CPPUNIT_ASSERT(target->segments == segments);
    const Query query{{"x", "1 2"}, {"y", "&"}, {"flag", ""}};
    CPPUNIT_ASSERT(target->query == query);
    CPPUNIT_ASSERT_EQUAL(std::string("/a/b%20c+d"), target->path);
  }

  void keeps_an_encoded_slash_inside_its_segment() {
    const auto target = parse_target("/a%2Fb/..");
    const std::vector<std::string> segments{"a/b", ".."};
    CPPUNIT_ASSERT(target->segments == segments);
  }

  void refuses_what_is_no_path_of_utf8() {
    for (const char* bad : {"", "*", "a", "http://host/a", "?x", "/%", "/%4", "/%zz", "/%00",
                            "/%ff", "/a?x=%", "/a?x=%00", "/a?%c3=1", "/a?x=%c0%af"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !parse_target(bad));
    }
  }

  void encodes_what_it_decodes() {
    const std::string text = "a b&c=/?#%\xc3\xa9-._~";
    const auto target = parse_target("/p?x=" + percent_encoded(text));
    CPPUNIT_ASSERT_EQUAL(text, target->query.at(0).second);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RequestTargetTest);
}  // namespace muster
