// When servers last answered, as it is written with their results.
#include "aggregator/storage/last_seen.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_change;
using test::sample_result;
using test::sample_verdict;
using test::TestDatabase;

class LastSeenTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LastSeenTest);
  CPPUNIT_TEST(an_answer_is_seen_within_five_minutes);
  CPPUNIT_TEST(a_fallen_server_was_seen_when_it_last_answered);
  CPPUNIT_TEST(a_failure_of_our_own_is_no_sighting);
  CPPUNIT_TEST(what_is_to_come_has_not_been_seen);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    database_.sql("INSERT INTO organizations (name) VALUES ('default')");
    database_.sql(
        "INSERT INTO managed_servers (org_id, name) VALUES (1, 'server-1'), (1, 'server-2')");
    store_.emplace(database_.settings(kIngestRole));
  }

  void tearDown() override { store_.reset(); }

 private:
  void store(std::vector<ResultRow> rows) {
    must(store_->store(test::sample_batch(std::move(rows))));
  }

  static ResultRow row(const CheckResult& result) {
    return ResultRow::from(result, sample_verdict());
  }

  std::optional<WallTime> seen(ServerKey server) {
    return database_
        .sql("SELECT " + micros("last_seen_at") + " FROM managed_servers WHERE server_key = $1",
             {server})
        .optional_time(0, 0);
  }

  void an_answer_is_seen_within_five_minutes() {
    CPPUNIT_ASSERT(!seen(1));
    const WallTime begin = TestDatabase::kNow;
    store({row(sample_result(1, begin)), row(sample_result(1, begin - 5s))});
    CPPUNIT_ASSERT(seen(1) == begin);
    store({row(sample_result(1, begin + 299s))});
    CPPUNIT_ASSERT(seen(1) == begin);
    store({row(sample_result(1, begin + 300s))});
    CPPUNIT_ASSERT(seen(1) == begin + 300s);
    const CheckResult degraded = sample_result(1, begin + 301s);
    store({ResultRow::from(
        degraded, sample_change(degraded, HealthState::kHealthy, HealthState::kDegraded))});
    CPPUNIT_ASSERT(seen(1) == begin + 301s);
    CPPUNIT_ASSERT(!seen(2));
  }

  void a_fallen_server_was_seen_when_it_last_answered() {
    const WallTime begin = TestDatabase::kNow;
    store({row(sample_result(1, begin))});
    store({row(sample_result(1, begin + 30s))});
    CheckResult silent = sample_result(1, begin + 60s);
    silent.http_status = 0;
    silent.reason = FailureReason::kTimeoutConnect;
    store({ResultRow::from(
        silent, sample_change(silent, HealthState::kHealthy, HealthState::kUnreachable))});
    CPPUNIT_ASSERT(seen(1) == begin + 30s);
  }

  void a_failure_of_our_own_is_no_sighting() {
    CheckResult refused = sample_result(1);
    refused.http_status = 0;
    refused.reason = FailureReason::kRefused;
    CheckResult overloaded = refused;
    overloaded.reason = FailureReason::kSelfOverload;
    CheckResult blind = refused;
    blind.reason = FailureReason::kSelf;
    CheckResult not_found = sample_result(2);
    not_found.http_status = 404;
    not_found.reason = FailureReason::kNotFound;
    store({row(refused), row(overloaded), row(blind), row(not_found)});
    CPPUNIT_ASSERT(!seen(1));
    CPPUNIT_ASSERT(seen(2));
  }

  void what_is_to_come_has_not_been_seen() {
    const WallTime in_2099{std::chrono::sys_days{std::chrono::January / 5 / 2099}};
    store({row(sample_result(1, in_2099)), row(sample_result(2))});
    CPPUNIT_ASSERT(!seen(1) && seen(2));
  }

  TestDatabase database_;
  std::optional<PostgresBatchStore> store_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LastSeenTest);

}  // namespace muster
