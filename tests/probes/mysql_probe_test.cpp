// The plugin mysql and real MariaDB servers, one of them a replica.
#include <memory>
#include <vector>

#include "tests/probes/database_probe.h"
#include "tests/probes/mariadb_server.h"
#include "tests/support/dialogue_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::assert_found;
using test::metric;

class MysqlProbeTest : public test::DatabaseProbe {
  CPPUNIT_TEST_SUITE(MysqlProbeTest);
  CPPUNIT_TEST(a_server_is_well);
  CPPUNIT_TEST(queries_are_judged);
  CPPUNIT_TEST(a_query_can_neither_write_nor_outlast_the_deadline);
  CPPUNIT_TEST(who_may_not_log_in_is_told_so);
  CPPUNIT_TEST(tls_is_verified);
  CPPUNIT_TEST(only_the_host_resolves_names);
  CPPUNIT_TEST(a_handshake_does_not_hold_up_the_loop);
  CPPUNIT_TEST(wants_tls_where_it_is_configured);
  CPPUNIT_TEST(answers_without_end_are_cut_off);
  CPPUNIT_TEST(every_address_has_its_turn);
  CPPUNIT_TEST(silence_and_closed_ports);
  CPPUNIT_TEST(asks_only_whom_it_may);
  CPPUNIT_TEST(too_many_connections_are_told);
  CPPUNIT_TEST(a_replica_is_seen);
  CPPUNIT_TEST_SUITE_END();

 public:
  MysqlProbeTest() : DatabaseProbe("mysql") {}

 private:
  static test::MariadbServer& mariadb() {
    static test::MariadbServer shared;
    return shared;
  }

  static std::string plain(const std::string& more = "") {
    return entry(mariadb().port(), "database: shop, sslmode: disable, " + more);
  }

  void a_server_is_well() {
    const Finding finding = check(plain("role: primary"));
    assert_well(finding);
    CPPUNIT_ASSERT_EQUAL(20.0, metric(finding, "connections_max"));
    CPPUNIT_ASSERT(metric(finding, "connections") >= 1);
    CPPUNIT_ASSERT_EQUAL(0.0, metric(finding, "read_only"));
    CPPUNIT_ASSERT(
        test::eventually(5s, [this] { return metric(check(plain()), "uptime_seconds") > 0; }));
    CPPUNIT_ASSERT(finding.phases.connect > 0us && finding.phases.first_byte > 0us);
    assert_well(check(plain(), 20s, "localhost"));
    assert_bad("role: it is no replica", check(plain("role: replica")));
    const std::string small = "{user: small, password: right, sslmode: disable, port: " +
                              std::to_string(mariadb().port());
    assert_well(check(small + "}"));
    CPPUNIT_ASSERT(check(small + ", role: replica}").status == CheckStatus::kUnknown);
  }

  void queries_are_judged() {
    const Finding seven = check(plain("query: SELECT 7, warning_above: 7, critical_below: 1"));
    assert_well(seven);
    CPPUNIT_ASSERT_EQUAL(7.0, metric(seven, "query_value"));
    assert_bad("query: its value is beyond the limit",
               check(plain("query: SELECT 7, warning_above: 6")), CheckStatus::kWarning);
    assert_well(check(plain("query: SELECT 'up', expect: up")));
    assert_bad("query: its value is not \"up\"", check(plain("query: SELECT 'no', expect: up")));
    assert_bad("query: it returned nothing", check(plain("query: SELECT 1 FROM dual WHERE false")));
    assert_bad("query: its value is NULL", check(plain("query: SELECT NULL")));
    CPPUNIT_ASSERT(check(plain("query: SELECT seq FROM seq_1_to_1000000")).message() ==
                   "query: it must return one value");
    assert_found(CheckStatus::kUnknown, FailureReason::kPlugin,
                 "query: 1146: Table 'shop.nothing' doesn't exist",
                 check(plain("query: SELECT 1 FROM nothing")));
  }

  void a_query_can_neither_write_nor_outlast_the_deadline() {
    assert_found(CheckStatus::kUnknown, FailureReason::kPlugin,
                 "query: 1792: Cannot execute statement in a READ ONLY transaction",
                 check(plain("query: CREATE TABLE x (a int)")));
    const Finding late = check(plain("query: SELECT sleep(100)"), 1s * test::kSlowness);
    CPPUNIT_ASSERT_MESSAGE(std::string(late.message()), late.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(test::eventually(5s, [] {
      return mariadb().sql(
                 "SELECT count(*) FROM information_schema.processlist WHERE user = "
                 "'watcher'") == "0\n";
    }));
  }

  void who_may_not_log_in_is_told_so() {
    const Finding wrong = check("{user: watcher, password: wrong, sslmode: disable, port: " +
                                std::to_string(mariadb().port()) + "}");
    CPPUNIT_ASSERT_MESSAGE(std::string(wrong.message()),
                           std::string(wrong.message()).starts_with("1045: Access denied"));
    CPPUNIT_ASSERT(wrong.reason == FailureReason::kAuth);
    CPPUNIT_ASSERT(wrong.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(check(entry(mariadb().port(), "database: mysql, sslmode: disable")).reason ==
                   FailureReason::kAuth);
  }

  void tls_is_verified() {
    const std::string believed = "sslrootcert: '" + mariadb().authority() + "'";
    const auto port = mariadb().port();
    assert_well(check(entry(port, believed), 20s, "localhost"));
    assert_well(check(entry(port, "sslmode: require")));
    const Finding other = check(entry(port, believed));
    CPPUNIT_ASSERT_MESSAGE(std::string(other.message()),
                           other.reason == FailureReason::kTlsWrongName);
    const Finding stranger = check(entry(port, ""), 20s, "localhost");
    CPPUNIT_ASSERT_MESSAGE(std::string(stranger.message()),
                           stranger.reason == FailureReason::kTlsUntrusted);
  }

  // The C library does not know this name, which it was once given to verify the certificate.
  void only_the_host_resolves_names() {
    dns_.script("db.example", {{.addresses = {"127.0.0.1"}}});
    const std::string believed = "sslrootcert: '" + mariadb().authority() + "'";
    assert_well(check(entry(mariadb().port(), believed), 20s, "db.example"));
    dns_.script("other.example", {{.addresses = {"127.0.0.1"}}});
    CPPUNIT_ASSERT(check(entry(mariadb().port(), believed), 20s, "other.example").reason ==
                   FailureReason::kTlsWrongName);
  }

  // What a server says first.
  static std::string greeting(bool tls) {
    const std::string salt = "12345678", rest = "123456789012";
    const std::string capabilities = tls ? "\x09\x8a" : "\x09\x82";
    std::string said =
        "\x0a"
        "10.11.0-MariaDB";
    said += std::string("\0\1\0\0\0", 5) + salt + '\0' + capabilities + "\x2d";
    said += std::string("\2\0", 2) + std::string("\x08\0", 2) + "\x15" + std::string(10, '\0');
    said += rest + '\0' + "mysql_native_password" + '\0';
    return static_cast<char>(said.size()) + std::string(3, '\0') + said;
  }

  void a_handshake_does_not_hold_up_the_loop() {
    const test::DialogueServer silent(greeting(true),
                                      [](const std::string&) { return test::DialogueAnswer{}; });
    assert_found(CheckStatus::kCritical, FailureReason::kTimeoutResponse,
                 "the server did not let us in in time",
                 check(entry(silent.port(), "sslmode: require"), 300ms * test::kSlowness));
  }

  void wants_tls_where_it_is_configured() {
    const test::DialogueServer bare(greeting(false), [](const std::string&) {
      return test::DialogueAnswer{std::string("\7\0\0\2\0\0\0\2\0\0\0", 11)};
    });
    assert_found(CheckStatus::kCritical, FailureReason::kTlsFailed, "the server does not speak TLS",
                 check(entry(bare.port(), "sslmode: require"), 5s * test::kSlowness));
  }

  void answers_without_end_are_cut_off() {
    mariadb().sql("CREATE PROCEDURE shop.flood() SELECT seq FROM shop.many, seq_1_to_3000000");
    mariadb().sql("CREATE TABLE shop.many AS SELECT repeat('x', 60) AS x");
    const std::size_t before = most_kb();
    assert_told("query: it must return one value", check(plain("query: CALL flood()")));
    assert_found(CheckStatus::kUnknown, FailureReason::kBodyTooLarge, "query: it returned too much",
                 check(plain("query: \"SELECT repeat('x', 10000000)\"")));
    CPPUNIT_ASSERT(most_kb() - before < 60'000);
  }

  void every_address_has_its_turn() {
    expect_every_address_has_its_turn(mariadb().port(), plain());
  }

  void silence_and_closed_ports() {
    expect_silence_is_told();
    expect_unknown_names_are_told(plain());
  }

  void asks_only_whom_it_may() { expect_asks_only_whom_it_may(plain()); }

  void too_many_connections_are_told() {
    std::vector<std::unique_ptr<test::ChildProcess>> others;
    // One more than max_connections gets in: root's.
    mariadb().sql("SET GLOBAL max_connections = 10");
    for (int i = 0; i < 10; ++i) {
      others.push_back(std::make_unique<test::ChildProcess>(
          "bash", std::vector<std::string>{"-c", "exec " + mariadb().session("SELECT sleep(60)")}));
    }
    CPPUNIT_ASSERT(test::eventually(10s, [this] {
      return std::string(check(plain()).message())
          .starts_with("the server has no connection left: 1040");
    }));
    mariadb().sql("SET GLOBAL max_connections = 20");
    CPPUNIT_ASSERT(check(plain("connections_warning: 20, connections_critical: 30")).message() ==
                   "connections: most of max_connections are in use");
  }

  void a_replica_is_seen() {
    const test::MariadbServer replica(2);
    const auto ask = [&](const std::string& more) {
      return check(entry(replica.port(), "sslmode: disable, " + more));
    };
    mariadb().sql(
        "CREATE USER copy@'%' IDENTIFIED BY 'right'; GRANT REPLICATION SLAVE ON *.* TO "
        "copy@'%'");
    const std::string at = mariadb().sql("SELECT @@global.gtid_binlog_pos");
    replica.sql("SET GLOBAL gtid_slave_pos = '" + at.substr(0, at.size() - 1) +
                "'; CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'copy', "
                "MASTER_PASSWORD = 'right', MASTER_USE_GTID = slave_pos, MASTER_PORT = " +
                std::to_string(mariadb().port()) + "; START SLAVE");
    CPPUNIT_ASSERT(test::eventually(20s, [&] {
      const Finding well = ask("role: replica, replication_lag_critical: 30s");
      return well.status == CheckStatus::kOk && metric(well, "replication_lag_seconds") == 0 &&
             metric(well, "replication_running") == 1;
    }));
    assert_bad("role: it is a replica", ask("role: primary"));
    replica.sql("CHANGE MASTER 'second' TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'copy'");
    assert_bad("replication: it does not run", ask(""));
    replica.sql("RESET SLAVE 'second' ALL");
    assert_well(ask(""));
    replica.sql("STOP SLAVE SQL_THREAD");
    assert_bad("replication: it does not run", ask(""));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MysqlProbeTest);
}  // namespace muster
