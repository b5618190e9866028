#include "plugins/mysql/error_code.h"

#include <cppunit/extensions/HelperMacros.h>

#include "plugins/mysql/server_facts.h"
#include "tests/support/captured_report.h"

namespace muster {
using mysql_probe::read_error;
using mysql_probe::Table;

class ErrorCodeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ErrorCodeTest);
  CPPUNIT_TEST(numbers_have_meanings);
  CPPUNIT_TEST(replication_has_two_names);
  CPPUNIT_TEST(every_channel_counts);
  CPPUNIT_TEST(what_is_not_told_is_not_zero);
  CPPUNIT_TEST_SUITE_END();

  static void assert_read(unsigned code, const std::string& message, muster_status status,
                          muster_reason reason) {
    const auto trouble = read_error(code, message);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(message, status, trouble.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(message, reason, trouble.reason);
  }

  void numbers_have_meanings() {
    assert_read(1045, "Access denied", MUSTER_UNKNOWN, MUSTER_REASON_AUTH);
    assert_read(1040, "Too many", MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY);
    assert_read(2002, "Can't connect to server on 'a' (111)", MUSTER_CRITICAL,
                MUSTER_REASON_REFUSED);
    assert_read(2002, "Can't connect to server on 'a' (113)", MUSTER_CRITICAL,
                MUSTER_REASON_UNREACHABLE_NETWORK);
    assert_read(2026, "TLS/SSL error: certificate has expired", MUSTER_CRITICAL,
                MUSTER_REASON_TLS_EXPIRED);
    assert_read(2013, "Lost connection", MUSTER_CRITICAL, MUSTER_REASON_RESET);
    assert_read(1969, "Query execution was interrupted", MUSTER_CRITICAL,
                MUSTER_REASON_TIMEOUT_RESPONSE);
    assert_read(1064, "You have an error", MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN);
    assert_read(1114, "The table is full", MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY);
  }

  static mysql_probe::MysqlConfig config(const std::string& lag) {
    return mysql_probe::MysqlConfig(
        R"({"port":3306,"user":"a","sslmode":"disable","sslrootcert":"","role":"any",)"
        R"("replication_lag_warning":")" +
        lag + "\"}");
  }
  static test::CapturedReport captured(const Table& status) {
    probes::Report report;
    judge_status(config("30s"), status, 10, report);
    return test::CapturedReport::of(report);
  }
  static test::CapturedReport judged(const Table& table, const std::string& lag = "30s") {
    probes::Report report;
    judge_replication(config(lag), table, report);
    return test::CapturedReport::of(report);
  }

  void replication_has_two_names() {
    const Table mysql{{"Replica_IO_Running", "Replica_SQL_Running", "Seconds_Behind_Source"},
                      {{"Yes", "Yes", "31"}}};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: the replica is behind"), judged(mysql).message);
    CPPUNIT_ASSERT_EQUAL(31.0, judged(mysql).metrics.at("replication_lag_seconds"));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, judged(mysql, "1m").status);
    const Table mariadb{{"Slave_IO_Running", "Slave_SQL_Running", "Seconds_Behind_Master"},
                        {{"Connecting", "Yes", {}}}};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: it does not run"), judged(mariadb).message);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, judged(mariadb).status);
    CPPUNIT_ASSERT(judged({}).metrics.empty());
  }

  void every_channel_counts() {
    Table table{{"Slave_IO_Running", "Slave_SQL_Running", "Seconds_Behind_Master"},
                {{"Yes", "Yes", "1"}, {"Yes", "Yes", "40"}}};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: the replica is behind"), judged(table).message);
    CPPUNIT_ASSERT_EQUAL(40.0, judged(table).metrics.at("replication_lag_seconds"));
    table.rows[1] = {"Yes", "Yes", {}};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: its lag is not known"), judged(table).message);
    table.rows[0] = {"Yes", "Yes", "31"};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: the replica is behind"), judged(table).message);
    table.rows[1] = {"Yes", "No", {}};
    CPPUNIT_ASSERT_EQUAL(std::string("replication: it does not run"), judged(table).message);
    CPPUNIT_ASSERT_EQUAL(0.0, judged(table).metrics.at("replication_running"));
  }

  void what_is_not_told_is_not_zero() {
    Table status{{"Variable_name", "Value"}, {{"Threads_connected", "5"}}};
    const auto untold = captured(status);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_UNKNOWN}, untold.status);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, untold.metrics.count("uptime_seconds"));
    CPPUNIT_ASSERT_EQUAL(50.0, untold.metrics.at("connections_used_percent"));
    status.rows.push_back({"Uptime", "7"});
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, captured(status).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ErrorCodeTest);
}  // namespace muster
