// How long a state is taken to hold when no check follows: as long as this server would be left
// alone, whatever other servers are asked, and the same whenever it is computed.
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/rollup/availability_history.h"
#include "aggregator/storage/rollup/roller.h"
#include "tests/unit/rollup/begin_rollups.h"
#include "tests/unit/rollup/sample_facts.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::SampleCheck;
using test::SampleFacts;
using test::TestDatabase;

class HeldStatesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HeldStatesTest);
  CPPUNIT_TEST(the_most_frequent_probe_decides);
  CPPUNIT_TEST(a_server_asked_once_an_hour_holds_two);
  CPPUNIT_TEST(of_rare_probes_the_more_frequent_decides);
  CPPUNIT_TEST(a_probe_that_is_no_more_decides_nothing);
  CPPUNIT_TEST(the_breaker_counts_for_the_unreachable);
  CPPUNIT_TEST(a_late_check_shortens_what_a_rare_one_held);
  CPPUNIT_TEST(a_late_rare_check_reaches_far);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::November / 20 / 2026}};
  static constexpr WallTime kEnd = kStart + 9h;
  static constexpr RollupSpan kSpan{2h, 10min};
  enum Probe { kOften = 1, kHourly = 2, kQuarterly = 3 };

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 1);
    database_.sql(
        "INSERT INTO probes (probe_id, name, every_seconds) OVERRIDING SYSTEM VALUE VALUES "
        "(1, 'health', 30), (2, 'tls', 3600), (3, 'disk', 900)");
    test::begin_rollups(database_, kStart);
  }
  void tearDown() override { pool_.reset(); }

 private:
  static std::vector<SampleCheck> checks(Probe probe, WallTime from, WallTime to,
                                         std::chrono::seconds every, char state = 'h') {
    std::vector<SampleCheck> made;
    for (WallTime at = from; at <= to; at += every) made.push_back({at, 1, probe, 9, 'o', state});
    return made;
  }

  SampleFacts insert(std::vector<SampleCheck> some, const std::vector<SampleCheck>& others = {}) {
    some.insert(some.end(), others.begin(), others.end());
    SampleFacts facts{std::move(some), {}};
    Connection connection = database_.connect();
    facts.insert(connection);
    return facts;
  }

  void roll(WallTime now, RollupSpan span) {
    Connection connection = database_.connect();
    must(Roller(span).run(connection, now));
  }

  std::chrono::milliseconds known(RollupSpan span, WallTime now = kEnd) {
    const auto total =
        must(AvailabilityHistory(*pool_, span).read(1, {1, {kStart, now}, now, {}, 0})).total;
    std::chrono::milliseconds sum{0};
    for (const auto in_state : total.in_state) sum += in_state;
    return sum;
  }

  // By the checks themselves, by what was rolled up as time went by, and by what is rolled up anew.
  void check_known(std::chrono::seconds expected, RollupSpan span = kSpan) {
    using std::chrono::milliseconds;
    CPPUNIT_ASSERT_EQUAL(milliseconds(expected).count(), known(span).count());
    for (WallTime now = kStart + 7min; now < kEnd; now += 35min) roll(now, span);
    roll(kEnd, span);
    CPPUNIT_ASSERT_EQUAL(milliseconds(expected).count(), known(span).count());
    database_.sql("TRUNCATE rollup_mark, server_health_5m, server_health_1h, server_health_1d");
    test::begin_rollups(database_, kStart);
    roll(kEnd, span);
    CPPUNIT_ASSERT_EQUAL(milliseconds(expected).count(), known(span).count());
  }

  void the_most_frequent_probe_decides() {
    // The rare one is the last of all.
    insert(checks(kOften, kStart, kStart + 2h, 30s),
           checks(kHourly, kStart + 15s, kStart + 3h, 1h));
    database_.sql("DELETE FROM server_health_checks WHERE ts > $1", {kStart + 2h + 15s});
    check_known(2h + 15s + 10min);
  }

  void a_server_asked_once_an_hour_holds_two() {
    insert(checks(kHourly, kStart, kStart + 3h, 1h));
    check_known(3h + 2h);
  }

  void of_rare_probes_the_more_frequent_decides() {
    insert(checks(kQuarterly, kStart, kStart + 3h, 15min),
           checks(kHourly, kStart + 12min, kStart + 3h + 12min, 1h));
    check_known(3h + 12min + 30min);
  }

  void a_probe_that_is_no_more_decides_nothing() {
    insert(checks(kOften, kStart, kStart + 1h, 30s),
           checks(kHourly, kStart + 90min, kStart + 210min, 1h));
    check_known(1h + 10min + (2h + 2h));
  }

  void the_breaker_counts_for_the_unreachable() {
    insert(checks(kOften, kStart, kStart + 1h, 30s),
           checks(kOften, kStart + 2h, kStart + 4h, 1h, 'u'));
    check_known(1h + 10min + 2h + 3h, {3h, 3h});
  }

  void note(const SampleFacts& facts) {
    database_.sql("SELECT rollup_note($1)", {Param::times(facts.buckets())});
  }

  void a_late_check_shortens_what_a_rare_one_held() {
    insert(checks(kHourly, kStart + 1h, kStart + 1h, 1h));
    roll(kEnd, kSpan);
    CPPUNIT_ASSERT(known(kSpan) == 2h);
    note(insert(checks(kOften, kStart + 50min + 30s, kStart + 59min, 30s)));
    CPPUNIT_ASSERT(known(kSpan) == 2h);
    roll(kEnd, kSpan);
    CPPUNIT_ASSERT(known(kSpan) == 9min + 30s + 10min);
  }

  void a_late_rare_check_reaches_far() {
    insert(checks(kHourly, kStart, kStart, 1h));
    roll(kEnd, kSpan);
    note(insert(checks(kHourly, kStart + 1h, kStart + 1h, 1h, 'c')));
    roll(kEnd, kSpan);
    CPPUNIT_ASSERT(known(kSpan) == 3h);
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HeldStatesTest);
}  // namespace muster
