#include "aggregator/schedule/greeting_pace.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class GreetingPaceTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(GreetingPaceTest);
  CPPUNIT_TEST(is_quick_in_a_small_fleet);
  CPPUNIT_TEST(adds_little_to_the_load_of_a_large_one);
  CPPUNIT_TEST(has_its_bounds);
  CPPUNIT_TEST_SUITE_END();

  static std::int64_t pace(std::size_t tasks, double every_ms) {
    return greeting_pace_ms(tasks, static_cast<double>(tasks) / every_ms);
  }

  void is_quick_in_a_small_fleet() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, pace(1, 86'400'000));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, pace(200, 30'000));
  }

  void adds_little_to_the_load_of_a_large_one() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{600}, pace(1000, 30'000));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{120}, pace(5000, 30'000));
  }

  void has_its_bounds() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, pace(50'000, 30'000));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, pace(1000, 86'400'000));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GreetingPaceTest);
}  // namespace muster
