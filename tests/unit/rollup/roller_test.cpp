#include "aggregator/storage/rollup/roller.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/dirty_ranges.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/transaction.h"
#include "tests/unit/rollup/begin_rollups.h"
#include "tests/unit/rollup/sample_facts.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::SampleFacts;
using test::TestDatabase;

class RollerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RollerTest);
  CPPUNIT_TEST(every_level_is_what_the_facts_come_to);
  CPPUNIT_TEST(the_hours_of_a_day_lie_together);
  CPPUNIT_TEST(late_facts_are_taken_in);
  CPPUNIT_TEST(doing_it_again_changes_nothing);
  CPPUNIT_TEST(a_writer_that_was_under_way_is_not_missed);
  CPPUNIT_TEST(writers_do_not_wait_for_a_roller_that_waits);
  CPPUNIT_TEST(what_has_lost_its_facts_is_kept);
  CPPUNIT_TEST(begins_with_the_oldest_fact);
  CPPUNIT_TEST(time_zones_do_not_matter);
  CPPUNIT_TEST(stops_between_transactions);
  CPPUNIT_TEST(one_roller_a_database);
  CPPUNIT_TEST(tells_when_facts_are_needed_no_more);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::November / 20 / 2026}};
  static constexpr auto kHolds = 600s;

 public:
  void setUp() override { connection_.emplace(database_.connect()); }
  void tearDown() override { connection_.reset(); }

 private:
  void begin_at(WallTime start) { test::begin_rollups(database_, start); }

  void run(WallTime now) { must(Roller({kHolds}).run(*connection_, now)); }

  void note(Connection& connection, const SampleFacts& facts) {
    must(connection.exec("SELECT rollup_note($1)", {Param::times(facts.buckets())}));
  }

  std::int64_t count(const std::string& what) {
    return database_.number("SELECT count(*) FROM " + what);
  }

  static std::string where(Period period, const std::pair<int, WallTime>& key) {
    return "server " + std::to_string(key.first) + ", " + std::string(to_string(period)) + " at " +
           to_rfc3339(key.second);
  }

  void check_health(const SampleFacts& facts, Period period, WallTime end, WallTime facts_end) {
    auto expected = test::expected_health(facts.checks, period, facts_end, kHolds);
    std::erase_if(expected, [&](const auto& b) { return b.first.second >= end; });
    const Rows rows = database_.sql(
        "SELECT " + micros("ts") +
        ", server_key, checks, failures, coalesce(healthy_ms, 0), coalesce(degraded_ms, 0), "
        "coalesce(critical_ms, 0), coalesce(unreachable_ms, 0), coalesce(unknown_ms, 0), "
        "coalesce(maintenance_ms, 0), durations::text FROM server_health_" +
        std::string(to_string(period)));
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(expected.size()), rows.size());
    for (int i = 0; i < rows.size(); ++i) {
      const std::pair<int, WallTime> key{static_cast<int>(rows.integer(i, 1)), rows.time(i, 0)};
      const std::string at = where(period, key);
      CPPUNIT_ASSERT_MESSAGE(at, expected.contains(key));
      auto& bucket = expected[key];
      CPPUNIT_ASSERT_EQUAL_MESSAGE(at, std::int64_t{bucket.checks}, rows.integer(i, 2));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(at, std::int64_t{bucket.failures}, rows.integer(i, 3));
      for (int state = 0; state < 6; ++state) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(at, bucket.held_us["hdcu?m"[state]] / 1000,
                                     rows.integer(i, 4 + state));
      }
      std::string bins;
      for (const auto& [bin, checks] : bucket.bins) {
        bins += (bins.empty() ? "" : ",") + std::to_string((bin << 23) | checks);
      }
      CPPUNIT_ASSERT_EQUAL_MESSAGE(at, bins.empty() ? bins : "{" + bins + "}",
                                   std::string(rows.text(i, 10)));
    }
  }

  static void close(const std::string& at, double expected, double actual) {
    const double margin = std::max(1e-9, std::abs(expected) * 2e-6);  // 4-byte numbers
    CPPUNIT_ASSERT_DOUBLES_EQUAL_MESSAGE(at, expected, actual, margin);
  }

  static void check_gauge(const std::string& at, const test::GaugeExpected& expected,
                          const Rows& rows, int row, int column) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(at, std::int64_t{expected.n}, rows.integer(row, column));
    if (expected.n == 0) return CPPUNIT_ASSERT_MESSAGE(at, rows.is_null(row, column + 1));
    close(at, expected.sum, rows.number(row, column + 1));
    close(at, expected.least, rows.number(row, column + 2));
    close(at, expected.most, rows.number(row, column + 3));
    close(at, expected.last, rows.number(row, column + 4));
  }

  void check_metrics(const SampleFacts& facts, Period period, WallTime end) {
    auto expected = test::expected_metrics(facts.readings, period, kHolds);
    std::erase_if(expected, [&](const auto& b) { return b.first.second >= end; });
    const auto gauge = [](const std::string& name) {
      return "CASE WHEN " + name + "_sum IS NULL THEN 0 ELSE coalesce(" + name +
             "_n, samples) END, " + name + "_sum, " + name + "_min, " + name + "_max, " + name +
             "_last";
    };
    const Rows rows = database_.sql(
        "SELECT " + micros("ts") + ", server_key, samples, " + gauge("cpu_percent") + ", " +
        gauge("memory_used_bytes") +
        ", network_receive_bytes_increase, network_receive_bytes_seconds, "
        "network_receive_bytes_min, network_receive_bytes_max, network_receive_bytes_last, "
        "load_1m_n, load_1m_sum FROM server_metrics_" +
        std::string(to_string(period)));
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(expected.size()), rows.size());
    for (int i = 0; i < rows.size(); ++i) {
      const std::pair<int, WallTime> key{static_cast<int>(rows.integer(i, 1)), rows.time(i, 0)};
      const std::string at = where(period, key);
      const auto& bucket = expected.at(key);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(at, std::int64_t{bucket.samples}, rows.integer(i, 2));
      check_gauge(at, bucket.cpu, rows, i, 3);
      check_gauge(at, bucket.memory, rows, i, 8);
      close(at, bucket.increase, rows.number(i, 13));
      close(at, bucket.seconds, rows.number(i, 14));
      if (bucket.seconds > 0) close(at, bucket.slowest, rows.number(i, 15));
      if (bucket.seconds > 0) close(at, bucket.fastest, rows.number(i, 16));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(at, bucket.last.value_or(0), rows.integer(i, 17));
      CPPUNIT_ASSERT_MESSAGE(at, rows.is_null(i, 18) && rows.is_null(i, 19));
    }
  }

  void check_all(const SampleFacts& facts, WallTime upto) {
    for (const Period period : kRollupPeriods) {
      check_health(facts, period, floor_to(period, upto), upto);
      check_metrics(facts, period, floor_to(period, upto));
    }
  }

  void every_level_is_what_the_facts_come_to() {
    for (const unsigned seed : {1U, 2U, 3U}) {
      const WallTime end = kStart + 49h + 13min;
      const SampleFacts facts = SampleFacts::random(seed, kStart, end, 3);
      begin_at(kStart);
      facts.insert(*connection_);
      run(kStart + 7h + 2min);  // in parts, as time goes by
      run(kStart + 7h + 9min);
      run(end);
      check_all(facts, floor_to(Period::kFiveMinutes, end - Roller::kLateAfter));
      tearDown();
      database_.sql(
          "TRUNCATE rollup_mark, server_health_checks, server_metrics_aggregated, "
          "server_health_5m, server_health_1h, server_health_1d, server_metrics_5m, "
          "server_metrics_1h, server_metrics_1d");
      setUp();
    }
  }

  // On disk a server's hours of a day follow each other, though they were written one by one.
  void the_hours_of_a_day_lie_together() {
    const WallTime end = kStart + 25h;
    const SampleFacts facts = SampleFacts::random(5, kStart, end, 3);
    begin_at(kStart);
    facts.insert(*connection_);
    for (WallTime now = kStart + 2h; now <= end; now += 1h) run(now);
    const std::string changes =
        "(SELECT server_key <> lag(server_key) OVER (ORDER BY tableoid, ctid) AS differs FROM ";
    for (const std::string table : {"server_health", "server_metrics"}) {
      const std::string day = table + "_1h WHERE ts < '2026-11-21Z') AS r WHERE differs";
      CPPUNIT_ASSERT(count(changes + day) < 10);  // of 71 rows; one fills a gap here and there
      CPPUNIT_ASSERT(count(table + "_1h") > 24);
    }
    check_all(facts, floor_to(Period::kFiveMinutes, end - Roller::kLateAfter));
  }

  void late_facts_are_taken_in() {
    const WallTime end = kStart + 30h;
    SampleFacts facts = SampleFacts::random(4, kStart, end, 2);
    const SampleFacts all = facts;
    SampleFacts late = facts.split_off(5, 30);
    begin_at(kStart);
    facts.insert(*connection_);
    run(end);
    late.insert(*connection_);
    note(*connection_, late);
    CPPUNIT_ASSERT(count("rollup_dirty") > 0);
    run(end);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("rollup_dirty"));
    check_all(all, floor_to(Period::kFiveMinutes, end - Roller::kLateAfter));
  }

  void doing_it_again_changes_nothing() {
    const WallTime end = kStart + 26h;
    const SampleFacts facts = SampleFacts::random(6, kStart, end, 2);
    begin_at(kStart);
    facts.insert(*connection_);
    run(end);
    const auto versions = [this] {
      return count("server_health_5m WHERE xmin::text::bigint > (SELECT last FROM seen)") +
             count("server_metrics_5m WHERE xmin::text::bigint > (SELECT last FROM seen)") +
             count("server_metrics_1d WHERE xmin::text::bigint > (SELECT last FROM seen)");
    };
    database_.sql("CREATE TABLE seen AS SELECT txid_current() AS last");
    note(*connection_, facts);
    run(end);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("rollup_dirty"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, versions());  // not one row was written again
    check_all(facts, floor_to(Period::kFiveMinutes, end - Roller::kLateAfter));
  }

  static SampleFacts one_check(WallTime at) { return {{{at, 1, 1, 1000, 'o', 'h'}}, {}}; }

  // It has read the old mark and commits after the new one was asked for.
  void a_writer_that_was_under_way_is_not_missed() {
    begin_at(kStart);
    run(kStart + 10min);
    const SampleFacts facts = one_check(kStart + 11min);
    Connection writer = database_.connect();
    auto transaction = must(Transaction::begin(writer));
    facts.insert(writer);
    note(writer, facts);
    run(kStart + 30min);  // the mark cannot move
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("server_health_5m"));
    must(transaction.commit());
    run(kStart + 30min);
    check_health(facts, Period::kFiveMinutes, kStart + 25min, kStart + 25min);
  }

  // The mark moves between a writer's facts and its note: then the note sees the new one.
  void note_after_the_mark_moved(Connection& writer, const SampleFacts& facts) {
    auto transaction = must(Transaction::begin(writer));
    facts.insert(writer);
    run(kStart + 30min);
    note(writer, facts);
    must(transaction.commit());
  }

  void writers_do_not_wait_for_a_roller_that_waits() {
    begin_at(kStart);
    Connection slow = database_.connect();
    const SampleFacts facts = one_check(kStart + 1min);
    note_after_the_mark_moved(slow, facts);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("rollup_dirty"));  // of each rollup
    run(kStart + 30min);
    check_health(facts, Period::kFiveMinutes, kStart + 25min, kStart + 25min);

    auto transaction = must(Transaction::begin(slow));
    note(slow, facts);
    const auto begun = std::chrono::steady_clock::now();
    run(kStart + 60min);  // waits for `slow` in vain, but not for long
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun < 5s);
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{0},
        count("rollup_mark WHERE rollup = 'facts' AND upto > '2026-11-20 00:25Z'"));
  }

  void what_has_lost_its_facts_is_kept() {
    const WallTime month{std::chrono::sys_days{std::chrono::December / 1 / 2026}};
    const SampleFacts before = one_check(month - 3min);
    const SampleFacts after = one_check(month + 3min);
    begin_at(month - 1h);
    before.insert(*connection_);
    after.insert(*connection_);
    run(month + 30min);
    const auto held = [&] {
      return database_.number("SELECT sum(healthy_ms) FROM server_health_5m");
    };
    CPPUNIT_ASSERT_EQUAL(std::int64_t{16 * 60'000}, held());
    database_.sql("DROP TABLE muster_part.server_health_checks_2026_11");
    note(*connection_, before);
    note(*connection_, after);
    run(month + 30min);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{16 * 60'000}, held());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("rollup_dirty"));
  }

  void begins_with_the_oldest_fact() {
    const WallTime month{std::chrono::sys_days{std::chrono::November / 1 / 2026}};
    const SampleFacts facts = one_check(month + 3h + 17min);
    facts.insert(*connection_);
    run(month + 25h);
    check_all(facts, month + 24h + 55min);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_health_1d"));
    // Where there is nothing, nothing is to be done, and an hour or a day not gone through.
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("rollup_mark WHERE upto = '2026-11-02 00:00Z' "
                                                "AND rollup LIKE '%1d'"));
    const SampleFacts late = one_check(month + 3h);
    late.insert(*connection_);
    note(*connection_, late);
    run(month + 25h);
    SampleFacts both = facts;
    both.checks.push_back(late.checks[0]);
    check_all(both, month + 24h + 55min);
  }

  void time_zones_do_not_matter() {
    const WallTime autumn{std::chrono::sys_days{std::chrono::October / 25 / 2026}};
    must(PartitionCreator::run(*connection_, autumn));
    must(connection_->exec("SET timezone = 'Europe/Berlin'"));
    const WallTime end = autumn + 49h;
    const SampleFacts facts = SampleFacts::random(7, autumn, end, 1);
    begin_at(autumn);
    facts.insert(*connection_);
    run(end);
    check_all(facts, floor_to(Period::kFiveMinutes, end - Roller::kLateAfter));
  }

  void stops_between_transactions() {
    begin_at(kStart);
    int asked = 0;
    Roller roller({kHolds}, [&] { return ++asked > 3; });
    must(roller.run(*connection_, kStart + 48h));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("rollup_mark WHERE rollup = 'health_5m' "
                                                "AND upto = '2026-11-20 03:00Z'"));
  }

  void one_roller_a_database() {
    CPPUNIT_ASSERT(must(Roller::prepare(*connection_)));
    Connection second = database_.connect();
    CPPUNIT_ASSERT(!must(Roller::prepare(second)));
  }

  void tells_when_facts_are_needed_no_more() {
    begin_at(kStart);
    run(kStart + 2h);
    const auto done = [&](const std::string& table, WallTime until) {
      return must(Roller::done_with(*connection_, table, {kHolds})) >= until;
    };
    CPPUNIT_ASSERT(done("server_health_checks", kStart + 1h));
    CPPUNIT_ASSERT(!done("server_health_checks", kStart + 2h));
    CPPUNIT_ASSERT(!done("server_health_checks", kStart + 1h + 50min));  // still holds on
    CPPUNIT_ASSERT(!done("server_health_1h", kStart + 1h));
    CPPUNIT_ASSERT(done("server_health_1d", kStart + 1h));
    const SampleFacts late = one_check(kStart + 30min);
    note(*connection_, late);
    CPPUNIT_ASSERT(!done("server_health_checks", kStart + 1h));
    CPPUNIT_ASSERT(done("server_health_checks", kStart + 10min));
  }

  TestDatabase database_;
  std::optional<Connection> connection_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RollerTest);
}  // namespace muster
