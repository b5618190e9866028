#include "common/base/backoff.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class BackoffTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BackoffTest);
  CPPUNIT_TEST(doubles_within_its_upper_half_up_to_the_most);
  CPPUNIT_TEST(starts_over_after_reset);
  CPPUNIT_TEST_SUITE_END();

  void doubles_within_its_upper_half_up_to_the_most() {
    Backoff backoff(100ms, 1s, 7);
    for (const auto ceiling : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
      const auto delay = backoff.next();
      CPPUNIT_ASSERT(delay >= ceiling / 2);
      CPPUNIT_ASSERT(delay <= ceiling);
    }
  }

  void starts_over_after_reset() {
    Backoff backoff(100ms, 10s, 7);
    for (int i = 0; i < 6; ++i) backoff.next();
    backoff.reset();
    CPPUNIT_ASSERT(backoff.next() <= 100ms);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BackoffTest);
}  // namespace muster
