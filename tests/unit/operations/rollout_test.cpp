#include "aggregator/operations/rollout.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class RolloutTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RolloutTest);
  CPPUNIT_TEST(starts_as_many_as_may_run_at_once);
  CPPUNIT_TEST(a_wave_waits_for_the_one_before);
  CPPUNIT_TEST(and_for_the_pause);
  CPPUNIT_TEST(empty_waves_are_passed_over);
  CPPUNIT_TEST(goes_on_after_a_restart);
  CPPUNIT_TEST_SUITE_END();

  static constexpr TimePoint kNow{1h};

  void starts_as_many_as_may_run_at_once() {
    Rollout rollout({3, 0s}, {5});
    CPPUNIT_ASSERT_EQUAL(3, rollout.may_start(kNow));
    rollout.started(3);
    CPPUNIT_ASSERT_EQUAL(0, rollout.may_start(kNow));
    rollout.ended(0, kNow);
    CPPUNIT_ASSERT_EQUAL(1, rollout.may_start(kNow));
    rollout.started(1);
    for (int i = 0; i < 2; ++i) rollout.ended(0, kNow);
    CPPUNIT_ASSERT_EQUAL(1, rollout.may_start(kNow));  // there is but one left
  }

  void a_wave_waits_for_the_one_before() {
    Rollout rollout({10, 0s}, {2, 4});
    CPPUNIT_ASSERT_EQUAL(2, rollout.may_start(kNow));
    rollout.started(2);
    rollout.ended(0, kNow);
    CPPUNIT_ASSERT_EQUAL(0, rollout.wave());
    CPPUNIT_ASSERT_EQUAL(0, rollout.may_start(kNow));
    rollout.ended(0, kNow);
    CPPUNIT_ASSERT_EQUAL(1, rollout.wave());
    CPPUNIT_ASSERT_EQUAL(4, rollout.may_start(kNow));
    rollout.started(4);
    for (int i = 0; i < 4; ++i) {
      CPPUNIT_ASSERT(!rollout.over());
      rollout.ended(1, kNow);
    }
    CPPUNIT_ASSERT(rollout.over());
    CPPUNIT_ASSERT_EQUAL(0, rollout.may_start(kNow));
  }

  void and_for_the_pause() {
    Rollout rollout({10, 30s}, {1, 1});
    CPPUNIT_ASSERT(!rollout.resumes());
    rollout.started(1);
    rollout.ended(0, kNow);
    CPPUNIT_ASSERT_EQUAL(0, rollout.may_start(kNow + 29s));
    CPPUNIT_ASSERT(rollout.resumes() == kNow + 30s);
    CPPUNIT_ASSERT_EQUAL(1, rollout.may_start(kNow + 30s));
  }

  void empty_waves_are_passed_over() {
    Rollout rollout({10, 30s}, {0, 0, 2});
    CPPUNIT_ASSERT_EQUAL(2, rollout.wave());
    CPPUNIT_ASSERT_EQUAL(2, rollout.may_start(kNow));
    CPPUNIT_ASSERT(Rollout({1, 0s}, {}).over());
    CPPUNIT_ASSERT(Rollout({1, 0s}, {0, 0}).over());
  }

  void goes_on_after_a_restart() {
    Rollout rollout({2, 0s}, {0, 3});
    rollout.started(1);  // is still under way
    CPPUNIT_ASSERT_EQUAL(1, rollout.may_start(kNow));
    rollout.hold_until(kNow + 1s);
    CPPUNIT_ASSERT_EQUAL(0, rollout.may_start(kNow));
    CPPUNIT_ASSERT_EQUAL(1, rollout.may_start(kNow + 1s));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RolloutTest);
}  // namespace muster
