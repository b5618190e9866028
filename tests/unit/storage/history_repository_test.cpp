#include "aggregator/storage/history_repository.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_result;
using test::TestDatabase;

class HistoryRepositoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HistoryRepositoryTest);
  CPPUNIT_TEST(shows_checks_newest_first);
  CPPUNIT_TEST(tells_all_of_a_check);
  CPPUNIT_TEST(filters_by_time_probe_and_status);
  CPPUNIT_TEST(pages_over_equal_times);
  CPPUNIT_TEST(another_organization_sees_nothing);
  CPPUNIT_TEST(reads_only_the_partitions_it_needs);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kNow = TestDatabase::kNow;

 public:
  void setUp() override { pool_.emplace(database_.settings(kApiRole), 2); }
  void tearDown() override { pool_.reset(); }

 private:
  void store(const std::vector<CheckResult>& results) {
    PostgresBatchStore store(database_.settings());
    must(store.store(test::sample_batch(results)));
  }

  static HealthHistoryQuery query() {
    HealthHistoryQuery query;
    query.server = 1;
    query.from = kNow - 1h;
    query.to = kNow + 1h;
    return query;
  }

  std::vector<HealthCheckRecord> health(const HealthHistoryQuery& query) {
    return must(HistoryRepository(*pool_).health(1, query));
  }

  void shows_checks_newest_first() {
    store({sample_result(1, kNow), sample_result(1, kNow + 30s), sample_result(2, kNow)});
    const auto checks = health(query());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, checks.size());
    CPPUNIT_ASSERT(checks[0].at == kNow + 30s && checks[1].at == kNow);
  }

  void tells_all_of_a_check() {
    CheckResult result = sample_result(1, kNow + 7us);
    result.status = CheckStatus::kCritical;
    result.reason = FailureReason::kStatusCode;
    result.http_status = 503;
    result.phases = {1us, 2us, 3us, 4us, 5us};
    result.words = say("maintenance page", {{"db", CheckStatus::kOk, ""}});
    store({result});
    const auto check = health(query()).at(0);
    CPPUNIT_ASSERT(check.at == kNow + 7us);
    CPPUNIT_ASSERT_EQUAL(std::string("health"), check.probe);
    CPPUNIT_ASSERT(check.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(check.state == HealthState::kHealthy);
    CPPUNIT_ASSERT(check.reason == FailureReason::kStatusCode);
    CPPUNIT_ASSERT_EQUAL(503, check.http_status);
    CPPUNIT_ASSERT(check.duration == 12ms);
    CPPUNIT_ASSERT(check.phases.dns == 1us && check.phases.transfer == 5us);
    CPPUNIT_ASSERT_EQUAL(std::string("maintenance page"), check.message);
    CPPUNIT_ASSERT(check.components_json.find("\"db\"") != std::string::npos);
  }

  void filters_by_time_probe_and_status() {
    CheckResult early = sample_result(1, kNow - 2h);
    CheckResult at_the_end = sample_result(1, kNow + 1h);
    CheckResult at_the_start = sample_result(1, kNow - 1h);
    CheckResult other_probe = sample_result(1, kNow);
    other_probe.probe = test::sample_probe("tcp");
    CheckResult bad = sample_result(1, kNow + 1s);
    bad.status = CheckStatus::kUnknown;
    store({early, at_the_end, at_the_start, other_probe, bad});
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, health(query()).size());
    HealthHistoryQuery by_probe = query();
    by_probe.probe = "tcp";
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, health(by_probe).size());
    HealthHistoryQuery by_status = query();
    by_status.status = CheckStatus::kUnknown;
    CPPUNIT_ASSERT(health(by_status).at(0).at == kNow + 1s);
  }

  void pages_over_equal_times() {
    std::vector<CheckResult> results;
    for (const char* probe : {"a", "b", "c", "d", "e"}) {
      results.push_back(sample_result(1));
      results.back().probe = test::sample_probe(probe);
    }
    store(results);
    HealthHistoryQuery page = query();
    page.limit = 2;
    std::string seen;
    for (auto checks = health(page); !checks.empty(); checks = health(page)) {
      for (const auto& check : checks) seen += check.probe;
      page.before = checks.back().cursor();
    }
    CPPUNIT_ASSERT_EQUAL(std::string("edcba"), seen);
  }

  void another_organization_sees_nothing() {
    store({sample_result(1)});
    CPPUNIT_ASSERT(must(HistoryRepository(*pool_).health(2, query())).empty());
  }

  // With plan_cache_mode and parameters as the repositories send them.
  void reads_only_the_partitions_it_needs() {
    Connection connection = database_.connect();
    const Rows plan = must(connection.exec(
        "EXPLAIN SELECT * FROM server_health_checks WHERE server_key = $1 AND ts >= $2 AND ts < $3",
        {1, kNow, kNow + 1h}));
    std::string text;
    for (int i = 0; i < plan.size(); ++i) text += std::string(plan.text(i, 0)) + "\n";
    CPPUNIT_ASSERT(text.find("server_health_checks_2026_11") != std::string::npos);
    CPPUNIT_ASSERT(text.find("server_health_checks_2026_12") == std::string::npos);
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HistoryRepositoryTest);
}  // namespace muster
