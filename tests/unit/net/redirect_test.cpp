#include "common/net/redirect.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class RedirectTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RedirectTest);
  CPPUNIT_TEST(follows_relative_and_absolute_locations);
  CPPUNIT_TEST(never_to_another_scheme);
  CPPUNIT_TEST_SUITE_END();

  static std::string target(const std::string& location) {
    const auto url = redirect_target(*Url::parse("http://a:81/x/y?q"), location);
    return url ? url->authority() + url->target : "refused";
  }

  void follows_relative_and_absolute_locations() {
    CPPUNIT_ASSERT_EQUAL(std::string("a:81/z"), target("/z"));
    CPPUNIT_ASSERT_EQUAL(std::string("a:81/x/z?b"), target("z?b#f"));
    CPPUNIT_ASSERT_EQUAL(std::string("b/z"), target("http://b/z"));
    CPPUNIT_ASSERT_EQUAL(std::string("b:82/"), target("//b:82"));
  }

  void never_to_another_scheme() {
    for (const char* location :
         {"https://a/", "ftp://a/", "file:///etc/passwd", "", "http://u@b/"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(location, std::string("refused"), target(location));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedirectTest);
}  // namespace muster
