#include "aggregator/app/rollup_thread.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/app/rollup_span.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"
#include "tests/unit/rollup/begin_rollups.h"

namespace muster {
using namespace std::chrono_literals;
using test::FakeClock;
using test::must;
using test::TestDatabase;

class RollupThreadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RollupThreadTest);
  CPPUNIT_TEST(brings_all_levels_up_to_date);
  CPPUNIT_TEST(watches_while_another_rolls_up);
  CPPUNIT_TEST(stops_in_the_middle_of_a_statement);
  CPPUNIT_TEST(counts_failures_by_sqlstate);
  CPPUNIT_TEST(states_hold_longer_than_servers_are_left_alone);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    clock_.set_wall(TestDatabase::kNow);
    test::begin_rollups(database_, TestDatabase::kNow - 48h);
  }

 private:
  static std::int64_t upto(const RollupThread& thread, const std::string& level) {
    return thread.readings().levels.at(level).upto_unix_s;
  }

  void brings_all_levels_up_to_date() {
    RollupThread thread(database_.settings(), {}, clock_);
    thread.start();
    CPPUNIT_ASSERT(
        test::eventually(20s, [&] { return thread.readings().last_success_unix_s > 0; }));
    const std::int64_t now = TestDatabase::kNow.time_since_epoch() / 1s;
    CPPUNIT_ASSERT_EQUAL(now - 300, upto(thread, "health_5m"));
    CPPUNIT_ASSERT_EQUAL(now - 3'600, upto(thread, "metrics_1h"));
    CPPUNIT_ASSERT_EQUAL(now - 8 * 3'600, upto(thread, "custom_1d"));
    CPPUNIT_ASSERT(thread.readings().failures.counts().empty());
  }

  void watches_while_another_rolls_up() {
    Connection other = database_.connect();
    CPPUNIT_ASSERT(must(Roller::prepare(other)));
    RollupThread thread(database_.settings(), {}, clock_);
    thread.start();
    CPPUNIT_ASSERT(
        test::eventually(20s, [&] { return thread.readings().last_success_unix_s > 0; }));
    CPPUNIT_ASSERT_EQUAL((TestDatabase::kNow - 48h).time_since_epoch() / 1s,
                         std::chrono::microseconds::rep{upto(thread, "health_5m")});
  }

  bool is_waiting() {
    return database_.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0;
  }

  void stops_in_the_middle_of_a_statement() {
    Connection other = database_.connect();
    must(other.exec("BEGIN"));
    must(other.exec("LOCK TABLE rollup_dirty"));
    RollupThread thread(database_.settings(), {}, clock_);
    thread.start();
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return is_waiting(); }));
    const auto begun = std::chrono::steady_clock::now();
    thread.stop();
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun < 2s);
  }

  void counts_failures_by_sqlstate() {
    database_.sql("DROP TABLE server_health_1d");
    RollupThread thread(database_.settings(), {}, clock_);
    thread.start();
    CPPUNIT_ASSERT(test::eventually(
        20s, [&] { return thread.readings().failures.counts().contains("42P01"); }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, thread.readings().last_success_unix_s.load());
  }

  void states_hold_longer_than_servers_are_left_alone() {
    Settings settings;
    CPPUNIT_ASSERT(rollup_span(settings).holds == 10min);
    settings.probes.emplace_back().spec.every = 30min;
    CPPUNIT_ASSERT(rollup_span(settings).holds == 1h);
    settings.probing.breaker.most_delay = 45min;
    CPPUNIT_ASSERT(rollup_span(settings).holds == 90min);
    settings.probing.breaker.most_delay = 24h;
    CPPUNIT_ASSERT(rollup_span(settings).holds == 24h);
  }

  TestDatabase database_;
  FakeClock clock_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RollupThreadTest);
}  // namespace muster
