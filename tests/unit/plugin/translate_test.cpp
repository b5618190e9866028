#include "common/plugin/translate.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class TranslateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TranslateTest);
  CPPUNIT_TEST(follows_redirects_when_asked_to);
  CPPUNIT_TEST(tells_requests_apart);
  CPPUNIT_TEST_SUITE_END();

  static muster_http_request request(bool follow) {
    muster_http_request made{};
    made.struct_size = sizeof made;
    made.method = to_c("GET");
    made.url = to_c("http://a/");
    made.follow_redirects = follow;
    return made;
  }

  static bool follows(const muster_http_request& asked) {
    return to_request(asked, *Url::parse("http://a/")).follow_redirects;
  }

  static std::string texts(const muster_http_request& asked) {
    std::string gathered;
    gather_texts(asked, gathered);
    return gathered;
  }

  void follows_redirects_when_asked_to() {
    CPPUNIT_ASSERT(follows(request(true)));
    CPPUNIT_ASSERT(!follows(request(false)));
  }

  void tells_requests_apart() {
    muster_http_request other_cap = request(false);
    other_cap.max_body_bytes = 7;
    CPPUNIT_ASSERT(texts(request(false)) != texts(request(true)));
    CPPUNIT_ASSERT(texts(request(false)) != texts(other_cap));
    CPPUNIT_ASSERT_EQUAL(texts(request(true)), texts(request(true)));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TranslateTest);
}  // namespace muster
