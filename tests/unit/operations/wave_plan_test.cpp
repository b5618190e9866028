#include "aggregator/operations/wave_plan.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <string>

namespace muster {

class WavePlanTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WavePlanTest);
  CPPUNIT_TEST(one_wave_takes_all);
  CPPUNIT_TEST(a_canary_then_a_part_then_the_rest);
  CPPUNIT_TEST(the_last_size_is_repeated);
  CPPUNIT_TEST(a_wave_has_one_target_at_least);
  CPPUNIT_TEST(who_does_not_run_is_no_canary);
  CPPUNIT_TEST_SUITE_END();

  static std::string plan(const std::vector<Share>& sizes, const std::vector<bool>& runs) {
    std::string digits;
    for (const int wave : plan_waves(sizes, runs)) digits += std::to_string(wave);
    return digits;
  }
  static std::vector<bool> all(std::size_t count) { return std::vector<bool>(count, true); }

  void one_wave_takes_all() {
    CPPUNIT_ASSERT_EQUAL(std::string("000"), plan({{100, true}}, all(3)));
    CPPUNIT_ASSERT_EQUAL(std::string(), plan({{100, true}}, {}));
  }

  void a_canary_then_a_part_then_the_rest() {
    CPPUNIT_ASSERT_EQUAL(std::string("0112222222"),
                         plan({{1, false}, {20, true}, {100, true}}, all(10)));
  }

  void the_last_size_is_repeated() {
    CPPUNIT_ASSERT_EQUAL(std::string("0112233"), plan({{1, false}, {2, false}}, all(7)));
  }

  void a_wave_has_one_target_at_least() {
    CPPUNIT_ASSERT_EQUAL(std::string("0123"), plan({{10, true}}, all(4)));
  }

  void who_does_not_run_is_no_canary() {
    CPPUNIT_ASSERT_EQUAL(std::string("000111"),
                         plan({{1, false}, {100, true}}, {false, true, false, true, false, true}));
    CPPUNIT_ASSERT_EQUAL(std::string("000"), plan({{1, false}}, {false, false, false}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WavePlanTest);
}  // namespace muster
