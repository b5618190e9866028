#include "common/net/timer_wheel.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace muster {

class TimerWheelTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TimerWheelTest);
  CPPUNIT_TEST(fires_at_its_tick_and_only_once);
  CPPUNIT_TEST(fires_at_the_next_tick_when_due_has_passed);
  CPPUNIT_TEST(a_timer_may_destroy_itself_and_its_neighbour);
  CPPUNIT_TEST(a_timer_may_rearm_itself);
  CPPUNIT_TEST(next_is_exact_within_a_turn_and_never_late);
  CPPUNIT_TEST(agrees_with_a_sorted_map_over_random_histories);
  CPPUNIT_TEST_SUITE_END();

  void fires_at_its_tick_and_only_once() {
    TimerWheel wheel(1000);
    int fired = 0;
    Timer timer([&] { ++fired; });
    wheel.arm(timer, 1300);
    wheel.advance(1299);
    CPPUNIT_ASSERT_EQUAL(0, fired);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wheel.advance(1300));
    CPPUNIT_ASSERT_EQUAL(1, fired);
    wheel.advance(900'000);
    CPPUNIT_ASSERT_EQUAL(1, fired);
    CPPUNIT_ASSERT(!timer.armed());
  }

  void fires_at_the_next_tick_when_due_has_passed() {
    TimerWheel wheel(1000);
    int fired = 0;
    Timer timer([&] { ++fired; });
    wheel.arm(timer, 5);
    wheel.advance(1001);
    CPPUNIT_ASSERT_EQUAL(1, fired);
  }

  void a_timer_may_destroy_itself_and_its_neighbour() {
    TimerWheel wheel(0);
    int fired = 0;
    std::unique_ptr<Timer> first;
    std::unique_ptr<Timer> second;
    const auto fire = [&] {
      ++fired;
      first.reset();
      second.reset();
    };
    first = std::make_unique<Timer>(fire);
    second = std::make_unique<Timer>(fire);
    wheel.arm(*first, 10);
    wheel.arm(*second, 10);
    wheel.advance(20);
    CPPUNIT_ASSERT_EQUAL(1, fired);
    CPPUNIT_ASSERT(!wheel.next());
  }

  void a_timer_may_rearm_itself() {
    TimerWheel wheel(0);
    std::vector<TimerWheel::Tick> fired;
    std::unique_ptr<Timer> timer;
    timer = std::make_unique<Timer>([&] {
      fired.push_back(wheel.now());
      wheel.arm(*timer, wheel.now() + 300);
    });
    wheel.arm(*timer, 300);
    wheel.advance(1000);
    CPPUNIT_ASSERT(fired == (std::vector<TimerWheel::Tick>{300, 600, 900}));
  }

  void next_is_exact_within_a_turn_and_never_late() {
    TimerWheel wheel(77);
    Timer near([] {});
    wheel.arm(near, 200);
    CPPUNIT_ASSERT_EQUAL(TimerWheel::Tick{200}, *wheel.next());
    near.cancel();
    Timer far([] {});
    wheel.arm(far, 5'000'000);
    CPPUNIT_ASSERT(*wheel.next() <= 5'000'000);
    CPPUNIT_ASSERT(*wheel.next() > 77);
  }

  // The model: a sorted map from tick to timer. Both must fire the same timers at the same ticks.
  void agrees_with_a_sorted_map_over_random_histories() {
    for (unsigned seed = 1; seed <= 30; ++seed) replay(seed);
  }

  static void replay(unsigned seed) {
    std::mt19937 random(seed);
    TimerWheel wheel(random() % 100'000);
    std::multimap<TimerWheel::Tick, int> model;
    std::vector<std::pair<TimerWheel::Tick, int>> fired;
    std::vector<std::unique_ptr<Timer>> timers;
    for (int id = 0; id < 200; ++id) {
      timers.push_back(
          std::make_unique<Timer>([&fired, &wheel, id] { fired.emplace_back(wheel.now(), id); }));
    }
    for (int step = 0; step < 2000; ++step) {
      const int id = static_cast<int>(random() % timers.size());
      const auto known =
          std::find_if(model.begin(), model.end(), [&](auto& entry) { return entry.second == id; });
      if (known != model.end()) model.erase(known);
      if (random() % 5 == 0) {
        timers[id]->cancel();
      } else {
        const TimerWheel::Tick due = wheel.now() + 1 + (random() >> (random() % 32));
        wheel.arm(*timers[id], due);
        model.emplace(due, id);
      }
      const TimerWheel::Tick now = wheel.now() + (random() >> (8 + random() % 24));
      std::vector<std::pair<TimerWheel::Tick, int>> expected(model.begin(), model.upper_bound(now));
      model.erase(model.begin(), model.upper_bound(now));
      fired.clear();
      wheel.advance(now);
      std::sort(fired.begin(), fired.end());
      std::sort(expected.begin(), expected.end());
      CPPUNIT_ASSERT_MESSAGE("seed " + std::to_string(seed), fired == expected);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimerWheelTest);
}  // namespace muster
