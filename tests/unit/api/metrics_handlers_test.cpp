#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/postgres_batch_store.h"
#include "aggregator/storage/rollup/roller.h"
#include "tests/support/sample_result.h"
#include "tests/unit/api/api_fixture.h"
#include "tests/unit/rollup/begin_rollups.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;
using test::must;
using test::TestDatabase;

// GET /servers/{id}/metrics and /availability.
class MetricsHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsHandlersTest);
  CPPUNIT_TEST(metrics_of_the_last_hours);
  CPPUNIT_TEST(statistics_when_asked_for);
  CPPUNIT_TEST(custom_metrics_with_their_labels);
  CPPUNIT_TEST(says_which_period_it_chose);
  CPPUNIT_TEST(availability_of_a_day);
  CPPUNIT_TEST(availability_in_buckets);
  CPPUNIT_TEST(nothing_known_is_null);
  CPPUNIT_TEST(refuses_what_makes_no_sense);
  CPPUNIT_TEST(strangers_find_no_server);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kNow = TestDatabase::kNow;

 public:
  void setUp() override {
    fixture_.emplace();
    id_ = fixture_->add("web-1");
  }
  void tearDown() override { fixture_.reset(); }

 private:
  std::string path(const std::string& more) { return ApiFixture::path_of(id_) + more; }
  ApiResponse get(const std::string& more) { return fixture_->get(path(more)); }

  void store(WallTime at, HealthState state, std::vector<Metric> metrics = {}) {
    Server server;
    server.key = 1;
    server.organization = 1;
    CheckResult result =
        ApiFixture::result(std::make_shared<const Server>(server), CheckStatus::kOk);
    result.started_at = at;
    result.metrics = std::move(metrics);
    PostgresBatchStore store(fixture_->data.settings());
    must(store.store(test::sample_batch({ResultRow::from(result, {state, at, std::nullopt})})));
  }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  void metrics_of_the_last_hours() {
    store(kNow - 61min, HealthState::kHealthy, {{"cpu_percent", Metric::Kind::kGauge, 12.5, {}}});
    const auto response = get("/metrics");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
    CPPUNIT_ASSERT_EQUAL(std::string("1m"), at(response, "period"));
    CPPUNIT_ASSERT_EQUAL(std::string("12.5"), at(response, "items[0].cpu_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(response, "items[0].samples"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T06:59:00.000Z"), at(response, "items[0].at"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(response, "items[0].cpu_percent_max"));
  }

  void statistics_when_asked_for() {
    store(
        kNow - 50s, HealthState::kHealthy,
        {{"cpu_percent", Metric::Kind::kGauge, 10, {}}, {"load_1m", Metric::Kind::kGauge, 1, {}}});
    store(kNow - 20s, HealthState::kHealthy, {{"cpu_percent", Metric::Kind::kGauge, 30, {}}});
    const auto response = get("/metrics?period=5m&stats=all&fields=cpu_percent");
    CPPUNIT_ASSERT_EQUAL(std::string("20"), at(response, "items[0].cpu_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("10"), at(response, "items[0].cpu_percent_min"));
    CPPUNIT_ASSERT_EQUAL(std::string("30"), at(response, "items[0].cpu_percent_max"));
    CPPUNIT_ASSERT_EQUAL(std::string("30"), at(response, "items[0].cpu_percent_last"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(response, "items[0].load_1m"));
  }

  void custom_metrics_with_their_labels() {
    store(kNow - 20s, HealthState::kHealthy,
          {{"jobs", Metric::Kind::kGauge, 7, {{"queue", "mail"}}}});
    const auto response = get("/metrics?period=1h");
    CPPUNIT_ASSERT_EQUAL(std::string("jobs"), at(response, "series[0].name"));
    CPPUNIT_ASSERT_EQUAL(std::string("gauge"), at(response, "series[0].kind"));
    CPPUNIT_ASSERT_EQUAL(std::string("mail"), at(response, "series[0].labels.queue"));
    CPPUNIT_ASSERT_EQUAL(std::string("7"), at(response, "series[0].items[0].value"));
    CPPUNIT_ASSERT_EQUAL(std::string("false"), at(response, "series_truncated"));
  }

  void says_which_period_it_chose() {
    const auto day = get("/metrics?from=2026-11-22T08:00:00Z&to=2026-11-23T08:00:00Z");
    CPPUNIT_ASSERT_EQUAL(std::string("5m"), at(day, "period"));
    const auto month =
        get("/metrics?period=auto&from=2026-10-24T08:00:00Z&to=2026-11-23T08:00:00Z");
    CPPUNIT_ASSERT_EQUAL(std::string("1h"), at(month, "period"));
    CPPUNIT_ASSERT_EQUAL(std::string("1d"), at(get("/metrics?period=1d"), "period"));
  }

  void availability_of_a_day() {
    store(kNow - 20min, HealthState::kHealthy);
    store(kNow - 15min, HealthState::kUnreachable);
    store(kNow - 10min, HealthState::kDegraded);
    const auto check = [&] {
      const auto response = get("/availability");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
      CPPUNIT_ASSERT_EQUAL(std::string("75"), at(response, "availability_percent"));
      CPPUNIT_ASSERT_EQUAL(std::string("300"), at(response, "seconds.unreachable"));
      CPPUNIT_ASSERT_EQUAL(std::string("600"), at(response, "seconds.degraded"));
      CPPUNIT_ASSERT_EQUAL(std::string("85200"), at(response, "seconds.no_data"));
      CPPUNIT_ASSERT_EQUAL(std::string("3"), at(response, "checks"));
      CPPUNIT_ASSERT_EQUAL(std::string("0"), at(response, "failures"));
      CPPUNIT_ASSERT_DOUBLES_EQUAL(12.5, std::stod(at(response, "duration_ms.p50")), 12.5 * 0.09);
      CPPUNIT_ASSERT_EQUAL(std::string("2026-11-22T08:00:00.000Z"), at(response, "from"));
      CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.000Z"), at(response, "to"));
    };
    check();
    test::begin_rollups(fixture_->data, kNow - 24h);
    Connection connection = fixture_->data.connect();
    must(Roller({}).run(connection, kNow));
    check();
  }

  void availability_in_buckets() {
    store(kNow - 95min, HealthState::kCritical);
    store(kNow - 5min, HealthState::kHealthy);
    const auto response = get("/availability?period=1h&from=2026-11-23T06:10:00Z");
    CPPUNIT_ASSERT_EQUAL(std::string("1h"), at(response, "period"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ApiFixture::items(response));
    CPPUNIT_ASSERT_EQUAL(std::string("0"), at(response, "items[0].availability_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("3000"), at(response, "items[0].seconds.no_data"));
    CPPUNIT_ASSERT_EQUAL(std::string("100"), at(response, "items[1].availability_percent"));
  }

  void nothing_known_is_null() {
    const auto response = get("/availability");
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(response, "availability_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(response, "duration_ms.p99"));
    CPPUNIT_ASSERT_EQUAL(std::string("86400"), at(response, "seconds.no_data"));
  }

  void refuses_what_makes_no_sense() {
    for (const char* query :
         {"/metrics?period=2m", "/metrics?limit=0", "/metrics?stats=some", "/metrics?field=a",
          "/metrics?from=2026-11-23T08:00:00Z&to=2026-11-23T08:00:00Z", "/availability?period=1m",
          "/availability?period=auto", "/availability?from=yesterday"}) {
      const auto response = get(query);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(query, 400, response.status);
    }
  }

  void strangers_find_no_server() {
    for (const char* page : {"/metrics", "/availability"}) {
      CPPUNIT_ASSERT_EQUAL(404, fixture_->ask("other", "GET", path(page)).status);
      CPPUNIT_ASSERT_EQUAL(401, fixture_->ask("", "GET", path(page)).status);
    }
  }

  std::optional<ApiFixture> fixture_;
  std::string id_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MetricsHandlersTest);
}  // namespace muster
