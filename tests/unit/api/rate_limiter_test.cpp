#include "aggregator/api/rate_limiter.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/fakes/fake_clock.h"

namespace muster {
using namespace std::chrono_literals;

class RateLimiterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RateLimiterTest);
  CPPUNIT_TEST(a_minutes_worth_may_come_at_once);
  CPPUNIT_TEST(the_bucket_fills_evenly);
  CPPUNIT_TEST(keys_do_not_share);
  CPPUNIT_TEST(a_smaller_quota_holds_at_once);
  CPPUNIT_TEST_SUITE_END();

  test::FakeClock clock_;
  RateLimiter limiter_{clock_};

  void a_minutes_worth_may_come_at_once() {
    for (int i = 59; i >= 0; --i) {
      const auto standing = limiter_.take("a", 60);
      CPPUNIT_ASSERT(standing.allowed);
      CPPUNIT_ASSERT_EQUAL(i, standing.remaining);
    }
    const auto refused = limiter_.take("a", 60);
    CPPUNIT_ASSERT(!refused.allowed);
    CPPUNIT_ASSERT(refused.until_allowed == 1s);
    CPPUNIT_ASSERT(refused.until_full == 60s);
  }

  void the_bucket_fills_evenly() {
    for (int i = 0; i < 60; ++i) limiter_.take("a", 60);
    clock_.advance(999ms);
    CPPUNIT_ASSERT(!limiter_.take("a", 60).allowed);
    clock_.advance(1ms);
    CPPUNIT_ASSERT(limiter_.take("a", 60).allowed);
    clock_.advance(1h);
    CPPUNIT_ASSERT_EQUAL(60, limiter_.look("a", 60).remaining);
  }

  void keys_do_not_share() {
    limiter_.take("a", 1);
    CPPUNIT_ASSERT(!limiter_.look("a", 1).allowed);
    CPPUNIT_ASSERT(limiter_.look("b", 1).allowed);
  }

  void a_smaller_quota_holds_at_once() {
    limiter_.take("a", 1'000);
    CPPUNIT_ASSERT_EQUAL(10, limiter_.look("a", 10).remaining);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RateLimiterTest);
}  // namespace muster
