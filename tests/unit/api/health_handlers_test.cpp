// Checks on demand, their history, metrics, the summary, and what the daemon says of itself.
#include "aggregator/api/health_handlers.h"

#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/sample_result.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;
using test::TestDatabase;

class HealthHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HealthHandlersTest);
  CPPUNIT_TEST(checks_a_server_now);
  CPPUNIT_TEST(collects_metrics_now);
  CPPUNIT_TEST(says_why_there_is_no_result);
  CPPUNIT_TEST(shows_the_history_newest_first);
  CPPUNIT_TEST(pages_and_filters_the_history);
  CPPUNIT_TEST(shows_metrics_without_what_is_missing);
  CPPUNIT_TEST(sums_up_the_callers_organization);
  CPPUNIT_TEST(shows_its_own_metrics);
  CPPUNIT_TEST(tells_whether_it_is_ready);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  void store(const std::vector<CheckResult>& results) {
    PostgresBatchStore store(f().data.settings());
    CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(results.size()),
                         test::must(store.store(test::sample_batch(results))).checks);
  }

  CheckResult check(std::chrono::seconds ago, CheckStatus status = CheckStatus::kOk) {
    CheckResult result = ApiFixture::result(f().fleet.upserted.back(), status);
    result.started_at = TestDatabase::kNow - ago;
    return result;
  }

  void checks_a_server_now() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/health-check";
    f().checks.script = [&](ServerKey key) {
      const CheckResult result = check(0s);
      CPPUNIT_ASSERT_EQUAL(result.server->key, key);
      f().live.on_result(result, {HealthState::kHealthy, TestDatabase::kNow, {}});
      return std::vector{result, result};
    };
    const auto checked = f().ask("operator", "POST", target);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(checked.body, 200, checked.status);
    CPPUNIT_ASSERT_EQUAL(std::string("a"), at(checked, "server.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), at(checked, "health_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("ok"), at(checked, "results[1].status"));
    CPPUNIT_ASSERT_EQUAL(403, f().ask("viewer", "POST", target).status);
  }

  void collects_metrics_now() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/metrics/collect";
    const auto checked = f().checks.asked.size();
    const auto nothing = f().ask("operator", "POST", target);
    CPPUNIT_ASSERT_EQUAL(std::string("no probe that collects metrics selects this server"),
                         at(nothing, "check_note"));
    f().checks.script = [&](ServerKey) {
      CheckResult result = check(0s);
      result.metrics = {{"load_1m", Metric::Kind::kGauge, 1.5, {}}};
      return std::vector{result};
    };
    const auto collected = f().ask("operator", "POST", target);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(collected.body, 200, collected.status);
    CPPUNIT_ASSERT_EQUAL(std::string("a"), at(collected, "server.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("1.5"), at(collected, "results[0].metrics[0].value"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f().checks.measured.size());
    CPPUNIT_ASSERT_EQUAL(checked, f().checks.asked.size());
    CPPUNIT_ASSERT_EQUAL(403, f().ask("viewer", "POST", target).status);
  }

  void says_why_there_is_no_result() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/health-check";
    f().checks.script = [](ServerKey) { return std::vector<CheckResult>{}; };
    CPPUNIT_ASSERT_EQUAL(std::string("no probe selects this server"),
                         at(f().ask("operator", "POST", target), "check_note"));
    f().checks.script = [](ServerKey) { return fail(ErrorCode::kTimeout, "x"); };
    CPPUNIT_ASSERT_EQUAL(504, f().ask("operator", "POST", target).status);
    f().checks.script = [](ServerKey) { return fail(ErrorCode::kUnavailable, "x"); };
    const auto busy = f().ask("operator", "POST", target);
    CPPUNIT_ASSERT_EQUAL(503, busy.status);
    CPPUNIT_ASSERT(busy.header("Retry-After") != nullptr);
    CPPUNIT_ASSERT(at(busy, "detail").find("wait for checks") != std::string::npos);
    f().checks.script = [](ServerKey) { return fail(ErrorCode::kNotFound, "x"); };
    CPPUNIT_ASSERT_EQUAL(std::string("not_monitored"),
                         at(f().ask("operator", "POST", target), "code"));
  }

  void shows_the_history_newest_first() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/health-history";
    CheckResult bad = check(30s, CheckStatus::kCritical);
    bad.reason = FailureReason::kStatusCode;
    bad.http_status = 503;
    bad.words = say("HTTP 503", {{"db", CheckStatus::kCritical, "gone"}});
    bad.phases.first_byte = 2'500us;
    store({check(60s), bad, check(0s)});
    const auto page = f().get(target);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(page.body, std::size_t{3}, ApiFixture::items(page));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.000Z"), at(page, "items[0].at"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(page, "items[0].http_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("critical"), at(page, "items[1].status"));
    CPPUNIT_ASSERT_EQUAL(std::string("status_code"), at(page, "items[1].reason"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), at(page, "items[1].state"));
    CPPUNIT_ASSERT_EQUAL(std::string("503"), at(page, "items[1].http_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("2.5"), at(page, "items[1].phases_ms.first_byte"));
    CPPUNIT_ASSERT_EQUAL(std::string("gone"), at(page, "items[1].components[0].message"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(page, "next_cursor"));
  }

  void pages_and_filters_the_history() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/health-history";
    store({check(4s), check(3s, CheckStatus::kWarning), check(2s), check(1s), check(25h)});
    const auto first = f().get(target + "?limit=3&status=ok");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(first.body, std::size_t{3}, ApiFixture::items(first));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(first, "next_cursor"));
    const auto page = f().get(target + "?limit=3");
    const std::string* const link = page.header("Link");
    CPPUNIT_ASSERT(link != nullptr);
    const auto rest = f().get(link->substr(1, link->find('>') - 1));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rest.body, std::size_t{1}, ApiFixture::items(rest));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T07:59:56.000Z"), at(rest, "items[0].at"));
    for (const char* empty :
         {"?probe=nothing", "?to=2026-11-20T00:00:00Z", "?status=critical",
          "?from=2026-11-23T08:00:00Z", "?from=0001-01-01T00:00:00Z&to=1970-01-01T00:00:00Z"}) {
      const auto page = f().get(target + empty);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(empty + page.body, 200, page.status);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(empty, std::size_t{0}, ApiFixture::items(page));
    }
    const auto all = f().get(target + "?from=2026-11-01T00:00:00%2B02:00&probe=health");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(all.body, std::size_t{5}, ApiFixture::items(all));
  }

  void shows_metrics_without_what_is_missing() {
    const std::string target = ApiFixture::path_of(f().add("a")) + "/metrics";
    CheckResult low = check(30s), high = check(20s);
    low.metrics = {{"cpu_percent", Metric::Kind::kGauge, 10.5, {}}};
    high.metrics = {{"cpu_percent", Metric::Kind::kGauge, 20.7, {}},
                    {"memory_used_bytes", Metric::Kind::kGauge, 16e9, {}}};
    store({low, high});
    const auto shown = f().get(target + "?period=1m&limit=5");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(shown.body, std::size_t{1}, ApiFixture::items(shown));
    CPPUNIT_ASSERT_EQUAL(std::string("1m"), at(shown, "period"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T07:59:00.000Z"), at(shown, "items[0].at"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(shown, "items[0].samples"));
    CPPUNIT_ASSERT_EQUAL(std::string("15.6"), at(shown, "items[0].cpu_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("16000000000"), at(shown, "items[0].memory_used_bytes"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(shown, "items[0].load_1m"));
    CPPUNIT_ASSERT_EQUAL(200, f().get(target + "?period=1d").status);
    CPPUNIT_ASSERT_EQUAL(200, f().get(target + "?from=0001-01-01T00:00:00Z").status);
  }

  void sums_up_the_callers_organization() {
    f().add("a", R"(,"region":"eu","environment":"prod")");
    f().live.on_result(check(0s), {HealthState::kHealthy, TestDatabase::kNow, {}});
    f().add("b", R"(,"region":"eu","status":"maintenance")");
    f().add("c", R"(,"region":"us")", "other");
    const auto sum = f().get("/api/v1/fleet/summary");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(sum.body, 200, sum.status);
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(sum, "servers"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(sum, "by_health.healthy"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(sum, "by_health.unknown"));
    CPPUNIT_ASSERT_EQUAL(std::string("0"), at(sum, "by_health.critical"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(sum, "by_status.maintenance"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(sum, "by_region.eu"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(sum, "by_region.us"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(sum, "by_environment.prod"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.000Z"), at(sum, "generated_at"));
  }

  void shows_its_own_metrics() {
    f().add("ours");
    f().add("theirs", "", "other");
    CPPUNIT_ASSERT_EQUAL(401, f().ask("", "GET", "/metrics").status);
    const auto page = f().get("/metrics");
    CPPUNIT_ASSERT_EQUAL(std::string("text/plain; version=0.0.4; charset=utf-8"),
                         page.content_type);
    CPPUNIT_ASSERT(page.body.find("ours") != std::string::npos);
    CPPUNIT_ASSERT(page.body.find("theirs") == std::string::npos);
    CPPUNIT_ASSERT(f().ask("platform", "GET", "/metrics").body.find("theirs") != std::string::npos);
    ApiSettings open;
    open.metrics_anonymous = true;
    Api anonymous(f().context(open));
    CPPUNIT_ASSERT_EQUAL(200, anonymous.handle({"GET", "/metrics"}).status);
    CPPUNIT_ASSERT_EQUAL(401, anonymous.handle({"GET", "/api/v1/fleet/summary"}).status);
  }

  void tells_whether_it_is_ready() {
    f().not_ready = "the database is being migrated";
    const auto waiting = f().ask("", "GET", "/-/ready");
    CPPUNIT_ASSERT_EQUAL(503, waiting.status);
    CPPUNIT_ASSERT(waiting.header("Retry-After") != nullptr);
    CPPUNIT_ASSERT_EQUAL(*f().not_ready, at(waiting, "detail"));
    CPPUNIT_ASSERT_EQUAL(std::string("ok"), f().ask("", "GET", "/-/healthy").body);
    f().not_ready.reset();
    CPPUNIT_ASSERT_EQUAL(200, f().ask("", "GET", "/-/ready").status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HealthHandlersTest);
}  // namespace muster
