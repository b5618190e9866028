#include "aggregator/api/concurrency_limiter.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class ConcurrencyLimiterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConcurrencyLimiterTest);
  CPPUNIT_TEST(one_organization_leaves_places_to_others);
  CPPUNIT_TEST(all_of_them_have_a_limit);
  CPPUNIT_TEST(a_place_that_is_given_back_is_free);
  CPPUNIT_TEST_SUITE_END();

  void one_organization_leaves_places_to_others() {
    ConcurrencyLimiter limiter(3, 2);
    const auto first = limiter.acquire(1), second = limiter.acquire(1);
    CPPUNIT_ASSERT(first && second);
    CPPUNIT_ASSERT(!limiter.acquire(1));
    CPPUNIT_ASSERT(limiter.acquire(2));
  }

  void all_of_them_have_a_limit() {
    ConcurrencyLimiter limiter(2, 2);
    const auto first = limiter.acquire(1), second = limiter.acquire(2);
    CPPUNIT_ASSERT(first && second);
    CPPUNIT_ASSERT(!limiter.acquire(3));
    CPPUNIT_ASSERT(!limiter.acquire(1));
  }

  void a_place_that_is_given_back_is_free() {
    ConcurrencyLimiter limiter(1, 1);
    auto permit = limiter.acquire(1);
    CPPUNIT_ASSERT(permit);
    CPPUNIT_ASSERT(!limiter.acquire(1));
    const auto moved = std::move(permit);
    CPPUNIT_ASSERT(!limiter.acquire(1));
    permit = nullptr;
    CPPUNIT_ASSERT(!limiter.acquire(1));
    {
      ConcurrencyLimiter other(1, 1);
      { CPPUNIT_ASSERT(other.acquire(1)); }
      CPPUNIT_ASSERT(other.acquire(1));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConcurrencyLimiterTest);
}  // namespace muster
