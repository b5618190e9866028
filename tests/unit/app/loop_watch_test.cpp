#include "aggregator/app/loop_watch.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/fakes/fake_clock.h"

namespace muster {
using namespace std::chrono_literals;

// The loops are polled by the test: one that it does not poll is stuck.
class LoopWatchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LoopWatchTest);
  CPPUNIT_TEST(loops_that_turn_are_well);
  CPPUNIT_TEST(a_loop_that_does_not_turn_is_stuck_after_five_seconds);
  CPPUNIT_TEST(it_is_well_again_once_it_turns);
  CPPUNIT_TEST(the_other_loop_is_not_blamed);
  CPPUNIT_TEST(standing_still_ourselves_is_no_stuck_loop);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    watch_.add(first_);
    watch_.add(second_);
  }

 private:
  bool look(Duration later, bool first_turns, bool second_turns) {
    clock_.advance(later);
    if (first_turns) first_.poll();
    if (second_turns) second_.poll();
    return watch_.look(clock_.now());
  }

  void loops_that_turn_are_well() {
    for (int i = 0; i < 20; ++i) CPPUNIT_ASSERT(look(1s, true, true));
  }

  void a_loop_that_does_not_turn_is_stuck_after_five_seconds() {
    look(1s, true, true);
    for (int i = 0; i < 4; ++i) CPPUNIT_ASSERT(look(1s, false, true));
    CPPUNIT_ASSERT(!look(1s, false, true));
    CPPUNIT_ASSERT(!look(1s, false, true));
    CPPUNIT_ASSERT(watch_.stuck(0));
  }

  void it_is_well_again_once_it_turns() {
    a_loop_that_does_not_turn_is_stuck_after_five_seconds();
    CPPUNIT_ASSERT(look(1s, true, true));
    CPPUNIT_ASSERT(!watch_.stuck(0));
    loops_that_turn_are_well();
  }

  void the_other_loop_is_not_blamed() {
    a_loop_that_does_not_turn_is_stuck_after_five_seconds();
    CPPUNIT_ASSERT(!watch_.stuck(1));
  }

  void standing_still_ourselves_is_no_stuck_loop() {
    look(1s, true, true);
    look(1s, false, false);
    CPPUNIT_ASSERT(look(1h, false, false));  // the process was stopped
    for (int i = 0; i < 4; ++i) CPPUNIT_ASSERT(look(1s, false, true));
    CPPUNIT_ASSERT(!look(1s, false, true));
  }

  test::FakeClock clock_;
  EventLoop first_{"first", clock_};
  EventLoop second_{"second", clock_};
  LoopWatch watch_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoopWatchTest);
}  // namespace muster
