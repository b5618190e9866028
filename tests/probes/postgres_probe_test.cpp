// The plugin postgres and a real PostgreSQL, with a streaming standby.
#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <vector>

#include "tests/probes/postgres_cluster.h"
#include "tests/support/child_process.h"
#include "tests/support/deaf_port.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/slowness.h"

namespace muster {
using namespace std::chrono_literals;

class PostgresProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PostgresProbeTest);
  CPPUNIT_TEST(a_server_is_well);
  CPPUNIT_TEST(queries_are_judged);
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
  void tearDown() override {
    scene_.give_up();
    CPPUNIT_ASSERT(test::eventually(5s, [this] { return scene_.open_runs() == 0; }));
  }

 private:
  static test::PostgresCluster& cluster() {
    static test::PostgresCluster shared;
    return shared;
  }

  static std::string entry(std::uint16_t port, const std::string& more) {
    return "{user: watcher, password: right, port: " + std::to_string(port) + ", " + more + "}";
  }
  static std::string plain(const std::string& more = "") {
    return entry(cluster().port(), "database: plain, sslmode: disable, " + more);
  }

  Finding check(const std::string& yaml, Duration timeout = 20s, const char* host = "127.0.0.1") {
    Server server;
    server.name = "db-1";
    server.hostname = host;
    return scene_.check(yaml, server, timeout);
  }

  static double metric(const Finding& finding, const std::string& name) {
    for (const Metric& metric : finding.metrics) {
      if (metric.name == name) return metric.value;
    }
    return -1;
  }

  static void assert_found(CheckStatus status, FailureReason reason, const std::string& message,
                           const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, std::string(finding.message()));
    CPPUNIT_ASSERT(status == finding.status);
    CPPUNIT_ASSERT(reason == finding.reason);
  }
  static void assert_well(const Finding& finding) {
    assert_found(CheckStatus::kOk, FailureReason::kNone, "", finding);
  }
  static void assert_bad(const std::string& message, const Finding& finding,
                         CheckStatus status = CheckStatus::kCritical) {
    assert_found(status, FailureReason::kReportedUnhealthy, message, finding);
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
    assert_found(CheckStatus::kCritical, FailureReason::kRefused, "connection refused",
                 check(entry(test::free_port(), "sslmode: disable")));
    const test::DeafPort deaf;
    assert_found(CheckStatus::kCritical, FailureReason::kTimeoutResponse,
                 "the server did not let us in in time",
                 check(entry(deaf.port(), "sslmode: disable"), 300ms * test::kSlowness));
    const FailureReason nobody = check(plain(), 20s, "no-such-host.invalid").reason;
    CPPUNIT_ASSERT(nobody == FailureReason::kDnsFailed || nobody == FailureReason::kTimeoutDns);
  }

  void asks_only_whom_it_may() {
    const Finding denied = check(plain(), 20s, "169.254.169.254");
    CPPUNIT_ASSERT(denied.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(denied.reason == FailureReason::kAddressDenied);
  }

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

  test::ProbeScene scene_{"plugins/muster_probe_postgres.so"};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PostgresProbeTest);
}  // namespace muster
