// The plugin postgres and a real PostgreSQL, with a streaming standby.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/probes/database_probe.h"
#include "tests/probes/postgres_cluster.h"
#include "tests/support/child_process.h"

namespace muster {
using namespace std::chrono_literals;
using test::assert_found;
using test::metric;

class PostgresProbeTest : public test::DatabaseProbe {
  CPPUNIT_TEST_SUITE(PostgresProbeTest);
  CPPUNIT_TEST(a_server_is_well);
  CPPUNIT_TEST(queries_are_judged);
  CPPUNIT_TEST(a_copy_is_no_query);
  CPPUNIT_TEST(answers_without_end_are_cut_off);
  CPPUNIT_TEST(takes_nothing_from_the_environment);
  CPPUNIT_TEST(remarks_of_a_server_stay_with_it);
  CPPUNIT_TEST(every_address_has_its_turn);
  CPPUNIT_TEST(a_role_without_rights_is_told_so);
  CPPUNIT_TEST(a_standby_that_never_streamed_has_no_lag);
  CPPUNIT_TEST(a_query_can_neither_write_nor_outlast_the_deadline);
  CPPUNIT_TEST(who_may_not_log_in_is_told_so);
  CPPUNIT_TEST(tls_is_verified);
  CPPUNIT_TEST(silence_and_closed_ports);
  CPPUNIT_TEST(asks_only_whom_it_may);
  CPPUNIT_TEST(old_transactions_are_seen);
  CPPUNIT_TEST(too_many_connections_are_told);
  CPPUNIT_TEST(a_primary_and_its_standby);
  CPPUNIT_TEST_SUITE_END();

 public:
  PostgresProbeTest() : DatabaseProbe("postgres") {}

 private:
  static test::PostgresCluster& cluster() {
    static test::PostgresCluster shared;
    return shared;
  }

  static std::string plain(const std::string& more = "") {
    return entry(cluster().port(), "database: plain, sslmode: disable, " + more);
  }

  void a_server_is_well() {
    const Finding finding = check(plain("database_size: true, role: primary"));
    assert_well(finding);
    CPPUNIT_ASSERT_EQUAL(20.0, metric(finding, "connections_max"));
    CPPUNIT_ASSERT(metric(finding, "connections") >= 1);
    CPPUNIT_ASSERT_EQUAL(0.0, metric(finding, "in_recovery"));
    CPPUNIT_ASSERT(metric(finding, "database_size_bytes") > 1e6);
    CPPUNIT_ASSERT(finding.phases.connect > 0us && finding.phases.first_byte > 0us);
    const Finding named = check(plain(), 20s, "localhost");
    assert_well(named);
    CPPUNIT_ASSERT(named.phases.dns > 0us);
    assert_bad("role: it is a primary", check(plain("role: standby")));
    assert_bad("standbys: it streams to too few of them", check(plain("standbys: 3")));
  }

  void queries_are_judged() {
    const Finding seven = check(plain("query: SELECT 7, warning_above: 7, critical_below: 1"));
    assert_well(seven);
    CPPUNIT_ASSERT_EQUAL(7.0, metric(seven, "query_value"));
    assert_bad("query: its value is beyond the limit",
               check(plain("query: SELECT 7, warning_above: 6")), CheckStatus::kWarning);
    assert_well(check(plain("query: SELECT true, expect: t")));
    assert_bad("query: its value is not \"t\"", check(plain("query: SELECT false, expect: t")));
    assert_bad("query: it returned nothing", check(plain("query: SELECT 1 WHERE false")));
    assert_bad("query: its value is NULL", check(plain("query: SELECT NULL")));
    CPPUNIT_ASSERT(check(plain("query: 'SELECT 1, 2'")).status == CheckStatus::kUnknown);
    assert_found(CheckStatus::kUnknown, FailureReason::kPlugin,
                 "query: 42P01: relation \"nothing\" does not exist",
                 check(plain("query: SELECT FROM nothing")));
    CPPUNIT_ASSERT_THROW(check(plain("expect: t")), std::exception);
  }

  void a_copy_is_no_query() {
    const std::string words = "query: it must be one statement that returns one value";
    for (const char* copy : {"COPY (SELECT 1) TO STDOUT", "';'"}) {
      assert_found(CheckStatus::kUnknown, FailureReason::kPlugin, words,
                   check(plain(std::string("query: ") + copy)));
    }
  }

  void answers_without_end_are_cut_off() {
    const std::size_t before = most_kb();
    assert_told("query: it must return one value",
                check(plain("query: 'SELECT generate_series(1, 3000000)'")));
    assert_found(CheckStatus::kUnknown, FailureReason::kBodyTooLarge, "query: it returned too much",
                 check(plain("query: \"SELECT repeat('x', 100000000)\"")));
    CPPUNIT_ASSERT(most_kb() - before < 60'000);
  }

  void takes_nothing_from_the_environment() {
    const std::string open = "{user: watcher, database: plain, sslmode: disable, port: " +
                             std::to_string(cluster().port()) + "}";
    ::setenv("PGPASSWORD", "right", 1);
    ::setenv("PGOPTIONS", "-c default_transaction_isolation=nonsense", 1);
    const Finding without = check(open);
    const Finding with = check(plain());
    ::unsetenv("PGPASSWORD");
    ::unsetenv("PGOPTIONS");
    assert_found(CheckStatus::kUnknown, FailureReason::kAuth,
                 "28P01: password authentication failed for user \"watcher\"", without);
    assert_well(with);
  }

  void remarks_of_a_server_stay_with_it() {
    const test::TempDir directory;
    const std::string file = (directory.path() / "stderr").string();
    const int kept = ::dup(STDERR_FILENO);
    const int caught = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    ::dup2(caught, STDERR_FILENO);
    check(plain("query: \"DO 'BEGIN RAISE WARNING ''psst''; END'\""));
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    const off_t size = ::lseek(caught, 0, SEEK_END);
    ::close(caught);
    CPPUNIT_ASSERT_EQUAL(off_t{0}, size);
  }

  void every_address_has_its_turn() {
    expect_every_address_has_its_turn(cluster().port(), plain());
  }

  void a_role_without_rights_is_told_so() {
    cluster().sql("CREATE ROLE small LOGIN PASSWORD 'right'");
    const auto open = sleeper();
    const std::string small =
        "{user: small, password: right, database: plain, sslmode: disable, "
        "port: " +
        std::to_string(cluster().port());
    CPPUNIT_ASSERT(
        test::eventually(5s, [&] { return metric(check(small + "}"), "connections") == 2; }));
    end_sleepers();
    assert_found(CheckStatus::kUnknown, FailureReason::kNone,
                 "replication: it streams to no standby",
                 check(small + ", replication_lag_critical: 5s}"));
    const test::PostgresCluster standby(cluster());
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      return check(small + ", standbys: 1}").message() ==
             "standbys: the role may not see it: GRANT pg_monitor";
    }));
  }

  void a_standby_that_never_streamed_has_no_lag() {
    test::PostgresCluster standby(cluster());
    standby.cut_off();
    const Finding finding = check(entry(standby.port(),
                                        "database: plain, sslmode: disable, role: standby, "
                                        "replication_lag_bytes_critical: 1000"));
    assert_found(CheckStatus::kUnknown, FailureReason::kNone,
                 "replication bytes: the standby has received or replayed nothing yet", finding);
    CPPUNIT_ASSERT_EQUAL(-1.0, metric(finding, "replication_lag_bytes"));
  }

  void a_query_can_neither_write_nor_outlast_the_deadline() {
    assert_found(CheckStatus::kUnknown, FailureReason::kPlugin,
                 "query: 25006: cannot execute CREATE TABLE in a read-only transaction",
                 check(plain("query: CREATE TABLE x ()")));
    const Finding late = check(plain("query: SELECT pg_sleep(100)"), 1s * test::kSlowness);
    CPPUNIT_ASSERT(late.reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(test::eventually(5s, [] {
      return cluster().sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'watcher'") ==
             "0\n";
    }));
  }

  void who_may_not_log_in_is_told_so() {
    const std::string port = std::to_string(cluster().port());
    assert_found(
        CheckStatus::kUnknown, FailureReason::kAuth,
        "28P01: password authentication failed for user \"watcher\"",
        check("{user: watcher, password: wrong, database: plain, sslmode: disable, port: " + port +
              "}"));
    const Finding other = check(entry(cluster().port(), "database: postgres, sslmode: disable"));
    CPPUNIT_ASSERT_MESSAGE(std::string(other.message()), other.reason == FailureReason::kAuth);
    CPPUNIT_ASSERT(std::string(other.message()).starts_with("28000: no pg_hba.conf entry"));
  }

  void tls_is_verified() {
    const std::string believed = "sslrootcert: '" + cluster().authority() + "'";
    const auto port = cluster().port();
    assert_well(check(entry(port, believed), 20s, "localhost"));
    assert_well(check(entry(port, "sslmode: verify-ca, " + believed)));
    assert_well(check(entry(port, "sslmode: require")));
    CPPUNIT_ASSERT(check(entry(port, believed)).reason == FailureReason::kTlsWrongName);
    const Finding stranger = check(entry(port, ""), 20s, "localhost");
    CPPUNIT_ASSERT_MESSAGE(std::string(stranger.message()),
                           stranger.reason == FailureReason::kTlsUntrusted);
  }

  void silence_and_closed_ports() {
    expect_silence_is_told();
    expect_unknown_names_are_told(plain());
  }

  void asks_only_whom_it_may() { expect_asks_only_whom_it_may(plain()); }

  static std::unique_ptr<test::ChildProcess> sleeper() {
    return std::make_unique<test::ChildProcess>(
        "bash", std::vector<std::string>{"-c", cluster().session("SELECT pg_sleep(60)")});
  }
  static void end_sleepers() {
    cluster().sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND "
        "pid <> pg_backend_pid()");
  }

  void old_transactions_are_seen() {
    const auto open = sleeper();
    CPPUNIT_ASSERT(test::eventually(5s, [this] {
      const Finding finding = check(plain("transaction_age_warning: 1ms"));
      return finding.message() == "transactions: a transaction is open for too long";
    }));
    end_sleepers();
  }

  void too_many_connections_are_told() {
    std::vector<std::unique_ptr<test::ChildProcess>> others;
    for (int i = 0; i < 4; ++i) others.push_back(sleeper());
    CPPUNIT_ASSERT(test::eventually(5s, [this] {
      return check(plain("connections_critical: 20")).message() ==
             "connections: most of max_connections are in use";
    }));
    end_sleepers();
    cluster().sql("ALTER ROLE watcher CONNECTION LIMIT 0");
    const Finding none = check(plain());
    cluster().sql("ALTER ROLE watcher CONNECTION LIMIT -1");
    assert_bad(
        "the server has no connection left: 53300: too many connections for role "
        "\"watcher\"",
        none);
  }

  void a_primary_and_its_standby() {
    const test::PostgresCluster standby(cluster());
    const std::string there = std::to_string(standby.port());
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      return check(plain("standbys: 1, replication_lag_critical: 30s")).status == CheckStatus::kOk;
    }));
    cluster().sql("CREATE TABLE before ()");
    const auto ask = [&](const std::string& more) {
      return check(entry(standby.port(), "database: plain, sslmode: disable, " + more));
    };
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      const Finding well = ask("role: standby, replication_lag_critical: 30s");
      return well.status == CheckStatus::kOk && metric(well, "replication_receiving") == 1 &&
             metric(well, "replication_lag_seconds") == 0;
    }));
    assert_bad("role: it is a standby", ask("role: primary"));
    standby.sql("SELECT pg_wal_replay_pause()");
    cluster().sql("CREATE TABLE news AS SELECT generate_series(1, 100)");
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      const Finding behind = ask("replication_lag_warning: 1ms");
      return behind.message() == "replication: the standby is behind" &&
             metric(behind, "replication_lag_bytes") > 0;
    }));
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      return check(plain("replication_lag_bytes_warning: 1")).message() ==
             "replication bytes: a standby is behind";
    }));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PostgresProbeTest);
}  // namespace muster
