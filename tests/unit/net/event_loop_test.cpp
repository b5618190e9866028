#include "common/net/event_loop.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"

namespace muster {
using namespace std::chrono_literals;

class EventLoopTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventLoopTest);
  CPPUNIT_TEST(a_late_timer_is_a_stall);
  CPPUNIT_TEST(a_timer_in_time_is_none);
  CPPUNIT_TEST(a_callback_that_takes_long_is_a_stall);
  CPPUNIT_TEST(what_begins_after_a_stall_has_not_seen_it);
  CPPUNIT_TEST(a_stall_is_known_before_the_timers_fire);
  CPPUNIT_TEST(tells_the_cpu_time_of_its_thread);
  CPPUNIT_TEST_SUITE_END();

  void pass(Duration time) {
    clock_.advance(time);
    loop_.poll();
  }

  void a_late_timer_is_a_stall() {
    Timer timer([] {});
    const TimePoint begin = clock_.now();
    loop_.arm(timer, begin + 100ms);
    pass(100ms + EventLoop::kQuantum + EventLoop::kStall + 1ms);
    CPPUNIT_ASSERT(loop_.stalled_since(begin));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, loop_.stalls());
  }

  void a_timer_in_time_is_none() {
    Timer timer([] {});
    const TimePoint begin = clock_.now();
    loop_.arm(timer, begin + 100ms);
    pass(100ms + EventLoop::kQuantum + EventLoop::kStall);
    pass(1h);  // nothing was due, so nothing was late
    CPPUNIT_ASSERT(!loop_.stalled_since(begin));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, loop_.stalls());
  }

  void a_callback_that_takes_long_is_a_stall() {
    Timer slow([this] { clock_.advance(EventLoop::kStall + 1ms); });
    const TimePoint begin = clock_.now();
    loop_.arm(slow, begin + 10ms);
    pass(10ms);
    CPPUNIT_ASSERT(loop_.stalled_since(begin));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, loop_.stalls());
  }

  void what_begins_after_a_stall_has_not_seen_it() {
    a_late_timer_is_a_stall();
    CPPUNIT_ASSERT(!loop_.stalled_since(clock_.now()));
  }

  void a_stall_is_known_before_the_timers_fire() {
    const TimePoint begin = clock_.now();
    bool known = false;
    Timer deadline([&] { known = loop_.stalled_since(begin); });
    loop_.arm(deadline, begin + 1s);
    pass(10s);
    CPPUNIT_ASSERT(known);
  }

  void tells_the_cpu_time_of_its_thread() {
    const SystemClock clock;
    EventLoop loop("busy", clock);
    CPPUNIT_ASSERT_EQUAL(0.0, loop.cpu_seconds());
    loop.start();
    double seen = 0;
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      loop.run_and_wait([] {
        volatile unsigned work = 0;
        for (unsigned i = 0; i < 100'000; ++i) work = work + i;
      });
      return (seen = loop.cpu_seconds()) > 0.01;
    }));
    loop.stop();
    CPPUNIT_ASSERT_EQUAL(0.0, loop.cpu_seconds());
  }

  test::FakeClock clock_;
  EventLoop loop_{"test", clock_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventLoopTest);
}  // namespace muster
