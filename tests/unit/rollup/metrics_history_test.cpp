#include "aggregator/storage/rollup/metrics_history.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "aggregator/storage/rollup/metrics_rollup.h"
#include "aggregator/storage/rollup/roller.h"
#include "aggregator/storage/rollup/rollup_query.h"
#include "tests/support/sample_result.h"
#include "tests/unit/rollup/begin_rollups.h"
#include "tests/unit/rollup/sample_facts.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_result;
using test::SampleFacts;
using test::TestDatabase;

class MetricsHistoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsHistoryTest);
  CPPUNIT_TEST(puts_metrics_into_buckets);
  CPPUNIT_TEST(counters_become_rates);
  CPPUNIT_TEST(the_newest_buckets_stay);
  CPPUNIT_TEST(another_organization_sees_nothing);
  CPPUNIT_TEST(only_the_fields_asked_for);
  CPPUNIT_TEST(custom_metrics_are_series);
  CPPUNIT_TEST(custom_counters_become_rates);
  CPPUNIT_TEST(no_value_stops_the_roller);
  CPPUNIT_TEST(says_the_same_before_and_after_rolling_up);
  CPPUNIT_TEST(chooses_the_period);
  CPPUNIT_TEST(ninety_days_of_hours_read_few_pages);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kNow = TestDatabase::kNow;
  static constexpr WallTime kStart{std::chrono::sys_days{std::chrono::November / 20 / 2026}};

 public:
  void setUp() override { pool_.emplace(database_.settings(kApiRole), 2); }
  void tearDown() override { pool_.reset(); }

 private:
  void store(const std::vector<CheckResult>& results) {
    PostgresBatchStore store(database_.settings());
    must(store.store(test::sample_batch(results)));
  }

  MetricsAnswer read(const MetricsQuery& query, OrganizationKey organization = 1) {
    return must(MetricsHistory(*pool_, {}).read(organization, query));
  }

  static MetricsQuery query(std::optional<Period> period = Period::kFiveMinutes) {
    MetricsQuery query;
    query.server = 1;
    query.range = {kNow - 1h, kNow + 24h};
    query.period = period;
    return query;
  }

  static CheckResult reading(WallTime at, std::vector<Metric> metrics) {
    CheckResult result = sample_result(1, at);
    result.metrics = std::move(metrics);
    return result;
  }

  static CheckResult reading(WallTime at, const std::string& name, double value) {
    return reading(at, {{name, Metric::Kind::kGauge, value, {}}});
  }

  // What is rolled up begins on the 20th.
  void roll(WallTime now) {
    if (!begun_) test::begin_rollups(database_, kStart);
    begun_ = true;
    Connection connection = database_.connect();
    must(Roller({}).run(connection, now));
  }

  void puts_metrics_into_buckets() {
    store({reading(kNow, "cpu_percent", 10), reading(kNow + 1min, "cpu_percent", 30),
           reading(kNow + 6min, "cpu_percent", 50), reading(kNow + 2h, "load_1m", 1)});
    const auto buckets = read(query()).buckets;
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, buckets.size());
    CPPUNIT_ASSERT(buckets[0].at == kNow && buckets[1].at == kNow + 5min);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, buckets[0].samples);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, buckets[0].values.size());
    const MetricsValue& cpu = buckets[0].values[0];
    CPPUNIT_ASSERT_EQUAL(std::string_view("cpu_percent"), cpu.name);
    CPPUNIT_ASSERT_EQUAL(20.0, cpu.statistics.average);
    CPPUNIT_ASSERT_EQUAL(10.0, cpu.statistics.least);
    CPPUNIT_ASSERT_EQUAL(30.0, cpu.statistics.most);
    CPPUNIT_ASSERT_EQUAL(30.0, cpu.statistics.last);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, read(query(Period::kMinute)).buckets.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, read(query(Period::kHour)).buckets.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, read(query(Period::kDay)).buckets.size());
  }

  void counters_become_rates() {
    const std::string name = "network_receive_bytes";
    store({reading(kNow - 30s, name, 1'000), reading(kNow + 30s, name, 7'000),
           reading(kNow + 90s, name, 500), reading(kNow + 150s, name, 1'100),
           reading(kNow + 1h, name, 9'999)});
    const auto buckets = read(query()).buckets;
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, buckets.size());
    CPPUNIT_ASSERT(buckets[0].values.empty());  // nothing before it to compare to
    const MetricsStatistics& rate = buckets[1].values.at(0).statistics;
    CPPUNIT_ASSERT_EQUAL(10.0, rate.least);  // 600 in a minute; the new beginning has no rate
    CPPUNIT_ASSERT_EQUAL(100.0, rate.most);  // since before the bucket
    CPPUNIT_ASSERT_EQUAL(55.0, rate.average);
    CPPUNIT_ASSERT_EQUAL(1'100.0, rate.last);
    CPPUNIT_ASSERT(buckets[2].values.empty());  // an hour is too long ago
  }

  void the_newest_buckets_stay() {
    std::vector<CheckResult> readings;
    for (int i = 0; i < 10; ++i) readings.push_back(reading(kNow + i * 1min, "cpu_percent", i));
    store(readings);
    MetricsQuery newest = query(Period::kMinute);
    newest.limit = 3;
    const auto buckets = read(newest).buckets;
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, buckets.size());
    CPPUNIT_ASSERT(buckets[0].at == kNow + 7min && buckets[2].at == kNow + 9min);
  }

  static Metric labelled(const std::string& name, double value, const std::string& disk,
                         Metric::Kind kind = Metric::Kind::kGauge) {
    return {name, kind, value, {{"disk", disk}}};
  }

  void another_organization_sees_nothing() {
    store({reading(kNow, {{"cpu_percent", Metric::Kind::kGauge, 1, {}}, labelled("own", 1, "a")})});
    roll(kNow + 2h);
    for (const Period period : {Period::kMinute, Period::kFiveMinutes, Period::kHour}) {
      const auto ours = read(query(period));
      CPPUNIT_ASSERT(!ours.buckets.empty() && !ours.series.empty());
      const auto theirs = read(query(period), 2);
      CPPUNIT_ASSERT(theirs.buckets.empty() && theirs.series.empty());
    }
  }

  void only_the_fields_asked_for() {
    const auto gauge = Metric::Kind::kGauge;
    store({reading(kNow, {{"cpu_percent", gauge, 1, {}},
                          {"load_1m", gauge, 2, {}},
                          {"own", gauge, 3, {}},
                          {"other", gauge, 4, {}}})});
    MetricsQuery some = query();
    some.fields = {"load_1m", "other"};
    const MetricsAnswer answer = read(some);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, answer.buckets.at(0).values.size());
    CPPUNIT_ASSERT_EQUAL(std::string_view("load_1m"), answer.buckets[0].values[0].name);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, answer.series.size());
    CPPUNIT_ASSERT_EQUAL(std::string("other"), answer.series[0].name);
    const MetricsStatistics& load = answer.buckets[0].values[0].statistics;
    CPPUNIT_ASSERT_EQUAL(2.0, load.most);
    some.averages_only = true;
    CPPUNIT_ASSERT_EQUAL(2.0, read(some).buckets.at(0).values.at(0).statistics.average);
    some.fields = {"other"};
    CPPUNIT_ASSERT(read(some).buckets.empty());
  }

  void custom_metrics_are_series() {
    store({reading(kNow, {labelled("busy", 10, "sda"), labelled("busy", 1, "sdb")}),
           reading(kNow + 1min, {labelled("busy", 30, "sda"), labelled("asleep", 0, "sdb")}),
           reading(kNow + 7min, {labelled("busy", 50, "sda")})});
    const auto check = [&] {
      const auto series = read(query()).series;
      CPPUNIT_ASSERT_EQUAL(std::size_t{3}, series.size());
      CPPUNIT_ASSERT_EQUAL(std::string("asleep"), series[0].name);
      CPPUNIT_ASSERT_EQUAL(std::string(R"({"disk": "sda"})"), series[1].labels_json);
      CPPUNIT_ASSERT(!series[1].is_counter);
      CPPUNIT_ASSERT_EQUAL(std::size_t{2}, series[1].points.size());
      const auto& first = series[1].points[0];
      CPPUNIT_ASSERT(first.at == kNow);
      CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, first.samples);
      CPPUNIT_ASSERT_EQUAL(20.0, first.statistics.average);
      CPPUNIT_ASSERT_EQUAL(10.0, first.statistics.least);
      CPPUNIT_ASSERT_EQUAL(30.0, first.statistics.most);
      CPPUNIT_ASSERT_EQUAL(30.0, first.statistics.last);
      CPPUNIT_ASSERT_EQUAL(50.0, series[1].points[1].statistics.average);
    };
    check();
    roll(kNow + 7min);  // the first bucket is rolled up, the second is not
    check();
    roll(kNow + 26h);
    check();
  }

  void custom_counters_become_rates() {
    const auto counter = Metric::Kind::kCounter;
    store({reading(kNow - 30s, {labelled("sent", 1'000, "a", counter)}),
           reading(kNow + 30s, {labelled("sent", 7'000, "a", counter)}),
           reading(kNow + 90s, {labelled("sent", 500, "a", counter)}),
           reading(kNow + 150s, {labelled("sent", 1'100, "a", counter)})});
    const auto check = [&] {
      const auto series = read(query()).series;
      CPPUNIT_ASSERT_EQUAL(std::size_t{1}, series.size());
      CPPUNIT_ASSERT(series[0].is_counter);
      CPPUNIT_ASSERT_EQUAL(std::size_t{1}, series[0].points.size());
      const auto& rate = series[0].points[0].statistics;
      CPPUNIT_ASSERT_EQUAL(55.0, rate.average);
      CPPUNIT_ASSERT_EQUAL(10.0, rate.least);
      CPPUNIT_ASSERT_EQUAL(100.0, rate.most);
      CPPUNIT_ASSERT_EQUAL(1'100.0, rate.last);
    };
    check();
    roll(kNow + 26h);
    check();
  }

  void no_value_stops_the_roller() {
    std::vector<CheckResult> results;
    for (int i = 0; i < 20; ++i) {
      const double huge = i % 3 == 0 ? -1.7e308 : 1.7e308;
      const auto at = kNow - 1h + i * (i % 2 == 0 ? 7s : 1us);
      std::vector<Metric> metrics{{"own", Metric::Kind::kGauge, 1.7e308, {}},
                                  {"count", Metric::Kind::kCounter, huge, {}},
                                  {"small", Metric::Kind::kCounter, i * 5e-324, {}}};
      for (const StandardMetric& metric : kStandardMetrics) {
        const bool counter = metric.kind == StandardMetric::Kind::kCounter;
        metrics.push_back({std::string(metric.name), {}, counter ? huge : 1.7e308, {}});
      }
      results.push_back(reading(at, std::move(metrics)));
    }
    store(results);
    roll(kNow + 26h);
    MetricsQuery day = query(Period::kDay);
    day.range.from = kNow - 12h;
    const MetricsAnswer answer = read(day);
    CPPUNIT_ASSERT_EQUAL(kStandardMetrics.size(), answer.buckets.at(0).values.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, answer.series.size());
  }

  static std::string text_of(const MetricsAnswer& answer) {
    std::string text;
    for (const MetricsBucket& bucket : answer.buckets) {
      text += to_rfc3339(bucket.at) + " " + std::to_string(bucket.samples);
      for (const MetricsValue& value : bucket.values) {
        char line[128];
        std::snprintf(line, sizeof line, " %s %.5g %.5g %.5g %.5g", std::string(value.name).c_str(),
                      value.statistics.average, value.statistics.least, value.statistics.most,
                      value.statistics.last);
        text += line;
      }
      text += '\n';
    }
    return text;
  }

  // The facts alone answer at first; then one level after the other takes over.
  void says_the_same_before_and_after_rolling_up() {
    const WallTime start = kStart;
    const WallTime end = start + 52h + 17min;
    Connection connection = database_.connect();
    SampleFacts::random(11, start, end, 2).insert(connection);
    std::map<Period, std::string> from_facts;
    const auto ask = [&](Period period) {
      MetricsQuery all = query(period);
      all.range = {start + 3h + 7min, end};
      all.limit = 100'000;
      return text_of(read(all));
    };
    for (const Period period : kRollupPeriods) from_facts[period] = ask(period);
    CPPUNIT_ASSERT(from_facts[Period::kDay].size() > 100);
    for (const auto rolled : {1h, 5h, 23h, 25h, 49h, 52h}) {
      roll(start + rolled + 4min);
      for (const Period period : kRollupPeriods) {
        CPPUNIT_ASSERT_EQUAL(from_facts[period], ask(period));
      }
    }
  }

  void chooses_the_period() {
    const auto chosen = [&](std::chrono::seconds span, int limit = 2'200) {
      MetricsQuery any = query(std::nullopt);
      any.range = {kNow - span, kNow};
      any.limit = limit;
      return std::string(to_string(read(any).period));
    };
    CPPUNIT_ASSERT_EQUAL(std::string("1m"), chosen(2h));
    CPPUNIT_ASSERT_EQUAL(std::string("5m"), chosen(24h));
    CPPUNIT_ASSERT_EQUAL(std::string("1h"), chosen(24h, 50));
    CPPUNIT_ASSERT_EQUAL(std::string("1h"), chosen(24h * 21));
  }

  void ninety_days_of_hours_read_few_pages() {
    const WallTime from = kNow - 24h * 90;
    Connection connection = database_.connect();
    for (int month = 0; month < 4; ++month) {
      must(PartitionCreator::run(connection, from + month * 24h * 28));
    }
    must(connection.exec(
        "INSERT INTO server_metrics_1h (ts, org_id, server_key, samples, cpu_percent_sum, "
        "cpu_percent_min, cpu_percent_max, cpu_percent_last) SELECT at, 1, server, 60, 60, 1, 1, 1 "
        "FROM generate_series($1::timestamptz, $2, '1 hour') AS at, generate_series(1, 30) AS "
        "server",
        {floor_to(Period::kHour, from), kNow}));
    for (const char* level : {"facts", "metrics_5m", "metrics_1h"}) {
      must(connection.exec("INSERT INTO rollup_mark VALUES ($1, $2)", {level, kNow}));
    }
    must(connection.exec("VACUUM ANALYZE server_metrics_1h"));
    const Rollup rollup = metrics_rollup({kStandardMetrics[8]});
    CPPUNIT_ASSERT_EQUAL(std::string_view("cpu_percent"), kStandardMetrics[8].name);
    const auto marks = must(read_rollup_marks(connection, "metrics"));
    const BucketQueries queries =
        select_buckets(rollup, {1, 7, {}}, Period::kHour, {from, kNow}, marks);
    CPPUNIT_ASSERT(!queries.younger);  // the level knows it all
    const RollupQuery& query = queries.complete.value();
    const Rows plan =
        must(connection.exec("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query.sql, query.params));
    const std::string text(plan.text(0, 0));
    const auto number_after = [&](const std::string& key) {
      return std::stoi(text.substr(text.find(key) + key.size()));
    };
    CPPUNIT_ASSERT_EQUAL(2'160, number_after("\"Actual Rows\": "));
    // A page for each row at most, and the paths to them.
    const int pages =
        number_after("\"Shared Hit Blocks\": ") + number_after("\"Shared Read Blocks\": ");
    CPPUNIT_ASSERT_MESSAGE(text, pages < 2'160 + 100);
    CPPUNIT_ASSERT_MESSAGE(text, text.find("Seq Scan\",\n            \"Parent Relationship\": "
                                           "\"Member\"") == std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(text, text.find("server_metrics_1h_2026_10_pkey") != std::string::npos);
  }

  TestDatabase database_;
  bool begun_ = false;
  std::optional<ConnectionPool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MetricsHistoryTest);
}  // namespace muster
