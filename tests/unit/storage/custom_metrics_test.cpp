#include <cppunit/extensions/HelperMacros.h>

#include <random>

#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_result;
using test::TestDatabase;

// What the batch store makes of metrics that are no columns.
class CustomMetricsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CustomMetricsTest);
  CPPUNIT_TEST(a_reading_lands_under_its_series);
  CPPUNIT_TEST(a_series_is_made_once);
  CPPUNIT_TEST(a_server_has_so_many_series);
  CPPUNIT_TEST(the_limit_outlives_a_restart);
  CPPUNIT_TEST(what_is_refused_leaves_no_trace);
  CPPUNIT_TEST(a_new_server_makes_no_more_series_than_it_may_have);
  CPPUNIT_TEST(labels_that_no_index_holds_are_left_out);
  CPPUNIT_TEST(a_week_without_a_reading_makes_room);
  CPPUNIT_TEST(any_number_and_any_text_can_be_stored);
  CPPUNIT_TEST(outside_of_all_partitions_is_quarantined);
  CPPUNIT_TEST(late_results_make_their_buckets_dirty);
  CPPUNIT_TEST_SUITE_END();

  static constexpr auto kGauge = Metric::Kind::kGauge;
  static constexpr WallTime kNow = TestDatabase::kNow;

 public:
  void setUp() override { restart(); }
  void tearDown() override { store_.reset(); }

 private:
  void restart(std::size_t most_series = 3) { store_.emplace(database_.settings(), most_series); }

  StoredBatch store(ServerKey server, std::vector<Metric> metrics, WallTime at = kNow) {
    CheckResult result = sample_result(server, at);
    result.metrics = std::move(metrics);
    return must(
        store_->store(test::sample_batch({ResultRow::from(result, test::sample_verdict())})));
  }

  static Metric gauge(const std::string& name, double value = 1) {
    return {name, kGauge, value, {}};
  }

  std::int64_t count(const std::string& table) {
    return database_.number("SELECT count(*) FROM " + table);
  }

  void a_reading_lands_under_its_series() {
    const StoredBatch stored =
        store(7, {{"queue", Metric::Kind::kCounter, 12.5, {{"zone", "b"}, {"disk", "a"}}},
                  {"cpu_percent", kGauge, 3, {}},
                  {"load_1m", kGauge, 4, {{"core", "0"}}}});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.custom_metrics);
    const Rows rows = database_.sql(
        "SELECT " + micros("ts") +
        ", c.org_id, server_key, value, name, labels::text, counter "
        "FROM custom_metrics AS c JOIN metric_series USING (series_id) ORDER BY name DESC");
    CPPUNIT_ASSERT_EQUAL(2, rows.size());
    CPPUNIT_ASSERT(rows.time(0, 0) == kNow);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows.integer(0, 1));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, rows.integer(0, 2));
    CPPUNIT_ASSERT_EQUAL(12.5, rows.number(0, 3));
    CPPUNIT_ASSERT_EQUAL(std::string("queue"), std::string(rows.text(0, 4)));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"disk": "a", "zone": "b"})"),
                         std::string(rows.text(0, 5)));
    CPPUNIT_ASSERT(rows.boolean(0, 6));
    CPPUNIT_ASSERT_EQUAL(std::string("load_1m"), std::string(rows.text(1, 4)));
    CPPUNIT_ASSERT(!rows.boolean(1, 6));
  }

  void a_series_is_made_once() {
    store(1, {{"a", kGauge, 1, {{"x", "1"}, {"y", "2"}}}});
    store(1, {{"a", kGauge, 2, {{"y", "2"}, {"x", "1"}}}});
    store(2, {{"a", kGauge, 3, {{"x", "1"}, {"y", "2"}}}});
    restart();
    store(2, {{"a", kGauge, 4, {{"x", "1"}, {"y", "2"}}}});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("metric_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("server_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, count("custom_metrics WHERE series_id = 1"));
  }

  void a_server_has_so_many_series() {
    const StoredBatch stored =
        store(1, {gauge("a"), gauge("b"), gauge("c"), gauge("d"), gauge("e")});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, stored.custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.series_refused);
    // Those that it has go on; other servers have their own limit.
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store(1, {gauge("a"), gauge("d")}).custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store(2, {gauge("d")}).custom_metrics);
  }

  void the_limit_outlives_a_restart() {
    store(1, {gauge("a"), gauge("b"), gauge("c")});
    restart();
    const StoredBatch stored = store(1, {gauge("d"), gauge("c")});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.series_refused);
  }

  void what_is_refused_leaves_no_trace() {
    store(1, {gauge("a"), gauge("b"), gauge("c")});
    for (int i = 0; i < 5; ++i) {
      store(1, {{"request", kGauge, 1, {{"id", std::to_string(i)}}}});
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("metric_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("custom_metrics"));
  }

  void a_new_server_makes_no_more_series_than_it_may_have() {
    store(2, {gauge("c"), gauge("z")});
    store(1, {gauge("z"), gauge("b"), gauge("c"), gauge("d"), gauge("e"), gauge("f")});
    // The first three are admitted, of which two were there.
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("metric_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("server_series WHERE server_key = 1"));
  }

  // At random, so that they cannot be compressed.
  static std::string noise(std::mt19937& dice, int length) {
    std::string text;
    for (int i = 0; i < length; ++i) text += static_cast<char>('!' + dice() % 94);
    return text;
  }

  void labels_that_no_index_holds_are_left_out() {
    std::mt19937 dice(7);
    const auto metric = [&](int labels) {
      Metric metric = gauge("wide");
      for (int i = 0; i < labels; ++i) {
        metric.labels.emplace_back("label" + std::to_string(i), noise(dice, 200));
      }
      return metric;
    };
    const StoredBatch stored = store(1, {metric(20), metric(8), gauge("b")});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.checks);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.series_refused);
  }

  void a_week_without_a_reading_makes_room() {
    store(1, {gauge("a"), gauge("b"), gauge("c")});
    store(1, {gauge("b"), gauge("c")}, kNow + 24h * 4);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store(1, {gauge("d")}, kNow + 24h * 7).custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store(1, {gauge("d")}, kNow + 24h * 8).custom_metrics);
    restart();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store(1, {gauge("a")}, kNow + 24h * 8).custom_metrics);
  }

  void any_number_and_any_text_can_be_stored() {
    using namespace std::string_literals;
    const double infinity = std::numeric_limits<double>::infinity();
    restart(10);
    const StoredBatch stored = store(
        1, {gauge("a", std::nan("")),
            gauge("b", infinity),
            gauge("huge", 1.7e308),
            gauge("tiny", 5e-324),
            gauge("nul \0 and \xFF"s),
            {"labels", kGauge, 1, {{"\xED\xA0\x80"s, "\"\\\0"s}, {"same", "1"}, {"same", "2"}}},
            gauge(""),
            gauge(std::string(257, 'x')),
            {"l", kGauge, 1, {{"k", std::string(257, 'x')}}},
            {"many", kGauge, 1, std::vector<std::pair<std::string, std::string>>(21)}});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, stored.custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, stored.series_refused);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("custom_metrics WHERE value = 1e300"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("custom_metrics WHERE value = 0"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         count("metric_series WHERE name = 'nul \uFFFD and \uFFFD'"));
  }

  void outside_of_all_partitions_is_quarantined() {
    const WallTime in_2099{std::chrono::sys_days{std::chrono::January / 5 / 2099}};
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store(1, {gauge("a")}, in_2099).custom_metrics);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("custom_metrics_quarantine"));
  }

  void late_results_make_their_buckets_dirty() {
    store(1, {gauge("a")});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("rollup_dirty"));  // nothing is rolled up yet
    database_.sql("SELECT rollup_close($1)", {kNow + 10min});
    store(1, {gauge("a")}, kNow + 10min);  // in time
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("rollup_dirty"));
    store(1, {gauge("a")}, kNow + 10min - 1us);
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{3},
        database_.number("SELECT count(*) FROM rollup_dirty WHERE ts = $1", {kNow + 5min}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("rollup_dirty"));
  }

  TestDatabase database_;
  std::optional<PostgresBatchStore> store_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CustomMetricsTest);
}  // namespace muster
