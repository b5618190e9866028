#include "aggregator/storage/merge_patch.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/postgres_fixture.h"

namespace muster {

class MergePatchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MergePatchTest);
  CPPUNIT_TEST(follows_the_rfc);
  CPPUNIT_TEST(refuses_what_is_no_object);
  CPPUNIT_TEST(survives_deep_nesting);
  CPPUNIT_TEST_SUITE_END();

  static std::string merged(const std::string& target, const std::string& patch) {
    return test::must(merge_patch(target, patch));
  }

  void follows_the_rfc() {  // appendix A
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"c"})"), merged(R"({"a":"b"})", R"({"a":"c"})"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"b","b":"c"})"),
                         merged(R"({"a":"b"})", R"({"b":"c"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("{}"), merged(R"({"a":"b"})", R"({"a":null})"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"c"})"), merged(R"({"a":["b"]})", R"({"a":"c"})"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":{"b":"d"}})"),
                         merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":[1]})"),
                         merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":{"bb":{}}})"),
                         merged("{}", R"({"a":{"bb":{"ccc":null}}})"));
  }

  void refuses_what_is_no_object() {
    for (const char* patch : {"[]", "1", "null", "", "{", "\"x\"", "{\"a\":}"}) {
      CPPUNIT_ASSERT_MESSAGE(patch, !merge_patch("{}", patch));
    }
  }

  void survives_deep_nesting() {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
    CPPUNIT_ASSERT(!merge_patch("{}", deep));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MergePatchTest);
}  // namespace muster
