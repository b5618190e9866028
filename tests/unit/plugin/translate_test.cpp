#include "common/plugin/translate.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class TranslateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TranslateTest);
  CPPUNIT_TEST(follows_redirects_when_asked_to);
  CPPUNIT_TEST(tells_requests_apart);
  CPPUNIT_TEST(phases_stay_within_reason);
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

  void phases_stay_within_reason() {
    const muster_phase phases[] = {
        {to_c("dns"), -1}, {to_c("connect"), 7000}, {to_c("tls"), INT64_MAX}};
    muster_result result{};
    result.struct_size = sizeof result;
    result.phases = phases;
    result.phase_count = 3;
    const Phases found = to_finding(result, to_words(result)).phases;
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, std::int64_t{found.dns.count()});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, std::int64_t{found.connect.count()});
    CPPUNIT_ASSERT(found.tls == std::chrono::hours(1));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TranslateTest);
}  // namespace muster
