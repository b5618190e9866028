#include "aggregator/storage/rollup/availability_history.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/rollup/roller.h"
#include "tests/unit/rollup/begin_rollups.h"
#include "tests/unit/rollup/sample_facts.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::SampleCheck;
using test::SampleFacts;
using test::TestDatabase;

class AvailabilityHistoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AvailabilityHistoryTest);
  CPPUNIT_TEST(any_window_is_what_its_checks_come_to);
  CPPUNIT_TEST(counts_what_is_known_only);
  CPPUNIT_TEST(the_newest_state_holds_until_now);
  CPPUNIT_TEST(buckets_are_whole);
  CPPUNIT_TEST(months_are_not_too_long);
  CPPUNIT_TEST(ends_that_are_too_old_for_their_buckets_move_farther);
  CPPUNIT_TEST(another_organization_sees_nothing);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::November / 20 / 2026}};

 public:
  void setUp() override { pool_.emplace(database_.settings(kApiRole), 2); }
  void tearDown() override { pool_.reset(); }

 private:
  AvailabilityAnswer read(TimeRange range, WallTime now, std::optional<Period> buckets = {},
                          OrganizationKey organization = 1) {
    return must(
        AvailabilityHistory(*pool_, {}).read(organization, {1, range, now, buckets, 1'000}));
  }

  void insert(std::vector<SampleCheck> checks) {
    Connection connection = database_.connect();
    SampleFacts{std::move(checks), {}}.insert(connection);
  }

  void roll(WallTime now) {
    if (!begun_) test::begin_rollups(database_, kStart);
    begun_ = true;
    Connection connection = database_.connect();
    must(Roller({}).run(connection, now));
  }

  // Of buckets of 5 minutes computed one by one.
  static test::HealthExpected expected(const SampleFacts& facts, TimeRange range) {
    test::HealthExpected sum;
    const auto buckets =
        test::expected_health(facts.checks, Period::kFiveMinutes, range.to, RollupSpan().holds);
    for (const auto& [key, bucket] : buckets) {
      if (key.first != 1 || !range.contains(key.second)) continue;
      sum.checks += bucket.checks;
      sum.failures += bucket.failures;
      for (const auto& [state, us] : bucket.held_us) sum.held_us[state] += us;
      for (const auto& [bin, checks] : bucket.bins) sum.bins[bin] += checks;
    }
    return sum;
  }

  void any_window_is_what_its_checks_come_to() {
    const WallTime end = kStart + 75h;
    const SampleFacts facts = SampleFacts::random(21, kStart, end, 2);
    Connection connection = database_.connect();
    facts.insert(connection);
    std::mt19937 dice(22);
    for (const auto rolled : {0h, 2h, 26h, 60h, 75h}) {
      if (rolled > 0h) roll(kStart + rolled + 3min);
      for (int i = 0; i < 12; ++i) {
        const WallTime from = kStart + std::chrono::minutes(dice() % 4'000);
        const WallTime to = from + std::chrono::minutes(1 + dice() % 4'000);
        const AvailabilityAnswer answer = read({from, to}, end);
        CPPUNIT_ASSERT(answer.range.from <= from && from - answer.range.from < 5min);
        auto sum = expected(facts, answer.range);
        const std::string window = to_rfc3339(from) + " to " + to_rfc3339(to);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(window, std::int64_t{sum.checks}, answer.total.checks);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(window, std::int64_t{sum.failures}, answer.total.failures);
        for (int state = 0; state < 6; ++state) {
          CPPUNIT_ASSERT_EQUAL_MESSAGE(window, sum.held_us["hdcu?m"[state]] / 1'000,
                                       std::int64_t{answer.total.in_state[state].count()});
        }
      }
    }
  }

  static SampleCheck check(std::chrono::seconds after, char state) {
    return {kStart + after, 1, 1, 1'000, 'o', state};
  }

  void counts_what_is_known_only() {
    insert({check(0s, 'h'), check(100s, 'u'), check(200s, 'm'), check(300s, '?'), check(400s, 'd'),
            check(500s, 'c'), check(700s, '?')});
    const auto total = read({kStart, kStart + 1h}, kStart + 2h).total;
    CPPUNIT_ASSERT(total.in(HealthState::kMaintenance) == 100s);
    CPPUNIT_ASSERT(total.in(HealthState::kUnknown) == 100s + 600s);  // and then nobody knows
    CPPUNIT_ASSERT_DOUBLES_EQUAL(100.0 * 200 / 500, *total.percent(), 1e-9);
    CPPUNIT_ASSERT(!read({kStart + 2h, kStart + 3h}, kStart + 4h).total.percent());
  }

  void the_newest_state_holds_until_now() {
    insert({check(0s, 'h')});
    const WallTime now = kStart + 42s;
    const auto answer = read({kStart, kStart + 1h}, now);
    CPPUNIT_ASSERT(answer.range.to == now);
    CPPUNIT_ASSERT(answer.total.in(HealthState::kHealthy) == 42s);
    CPPUNIT_ASSERT_EQUAL(100.0, *answer.total.percent());
  }

  void buckets_are_whole() {
    insert({check(0s, 'h'), check(500s, 'u'), check(3'500s, 'h'), check(3'700s, 'c')});
    const auto ask = [&] {
      return read({kStart + 20min, kStart + 2h}, kStart + 3h, Period::kHour).buckets;
    };
    const auto before = ask();
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, before.size());
    CPPUNIT_ASSERT(before[0].at == kStart);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, before[0].availability.checks);
    CPPUNIT_ASSERT(before[0].availability.in(HealthState::kUnreachable) == 600s);
    CPPUNIT_ASSERT(before[1].availability.in(HealthState::kHealthy) == 100s);
    roll(kStart + 3h);
    const auto after = ask();
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, after.size());
    for (std::size_t i = 0; i < 2; ++i) {
      CPPUNIT_ASSERT(before[i].availability.in_state == after[i].availability.in_state);
    }
  }

  // More milliseconds than an int holds.
  void months_are_not_too_long() {
    const WallTime from{std::chrono::sys_days{std::chrono::November / 1 / 2026}};
    const WallTime to = from + 24h * 61;
    test::begin_rollups(database_, to);
    database_.sql(
        "INSERT INTO server_health_1d (ts, org_id, server_key, checks, failures, healthy_ms, "
        "durations) SELECT d, 1, 1, 2880, 0, 86400000, duration_histogram('{2880}') "
        "FROM generate_series($1::timestamptz, $2::timestamptz - interval '1 day', '1 day') AS d",
        {from, to});
    const auto answer = read({from, to}, to + 1h, Period::kDay);
    CPPUNIT_ASSERT(answer.total.in(HealthState::kHealthy) == 24h * 61);
    CPPUNIT_ASSERT_EQUAL(std::size_t{61}, answer.buckets.size());
  }

  // Of August and later there are hours, and five minutes from November on.
  void ends_that_are_too_old_for_their_buckets_move_farther() {
    const auto hour = [](std::chrono::sys_days day, int at) {
      return WallTime(day) + std::chrono::hours(at);
    };
    const std::chrono::sys_days august = std::chrono::August / 10 / 2026;
    Connection owner = database_.connect();
    must(PartitionCreator::run(owner, hour(august, 0)));
    must(PartitionCreator::run(owner, hour(std::chrono::September / 10 / 2026, 0)));
    must(PartitionCreator::run(owner, hour(std::chrono::October / 10 / 2026, 0)));
    for (const char* month : {"08", "09", "10"}) {
      database_.sql(std::string("DROP TABLE IF EXISTS muster_part.server_health_5m_2026_") + month);
    }
    test::begin_rollups(database_, kStart);
    database_.sql(
        "INSERT INTO server_health_1h (ts, org_id, server_key, checks, failures, healthy_ms) "
        "SELECT h, 1, 1, 120, 0, 3600000 FROM generate_series($1::timestamptz, $2, '1 hour') AS h",
        {hour(august, 0), hour(august, 23)});
    const auto answer = read({hour(august, 10) + 30min, hour(august, 12) + 30min}, kStart);
    CPPUNIT_ASSERT(answer.range.from == hour(august, 10));
    CPPUNIT_ASSERT(answer.range.to == hour(august, 13));
    CPPUNIT_ASSERT(answer.total.in(HealthState::kHealthy) == 3h);
  }

  void another_organization_sees_nothing() {
    insert({check(0s, 'h')});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         read({kStart, kStart + 1h}, kStart + 2h, {}, 2).total.checks);
    roll(kStart + 2h);
    const auto theirs = read({kStart, kStart + 1h}, kStart + 2h, Period::kFiveMinutes, 2);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, theirs.total.checks);
    CPPUNIT_ASSERT(theirs.buckets.empty());
  }

  TestDatabase database_;
  bool begun_ = false;
  std::optional<ConnectionPool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AvailabilityHistoryTest);
}  // namespace muster
