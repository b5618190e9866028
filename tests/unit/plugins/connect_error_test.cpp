#include "plugins/postgres/connect_error.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using postgres_probe::read_connect_error;

class ConnectErrorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectErrorTest);
  CPPUNIT_TEST(finds_the_sqlstate_in_any_language);
  CPPUNIT_TEST(knows_the_words_of_the_network_and_of_tls);
  CPPUNIT_TEST_SUITE_END();

  static void assert_read(const std::string& message, muster_status status, muster_reason reason,
                          const std::string& words) {
    const auto trouble = read_connect_error(message);
    CPPUNIT_ASSERT_EQUAL(words, trouble.message);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(message, status, trouble.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(message, reason, trouble.reason);
  }

  void finds_the_sqlstate_in_any_language() {
    const std::string start = "connection to server at \"db\", port 5432 failed: ";
    assert_read(start + "FATAL:  28P01: password authentication failed for user \"a\"\nLOCATION: x",
                MUSTER_UNKNOWN, MUSTER_REASON_AUTH,
                "28P01: password authentication failed for user \"a\"");
    assert_read(start + "FATAL:  53300: sorry, too many clients already\n", MUSTER_CRITICAL,
                MUSTER_REASON_REPORTED_UNHEALTHY,
                "the server has no connection left: 53300: sorry, too many clients already");
    assert_read(start + "SCHWERWIEGEND:  57P03: das Datenbanksystem startet", MUSTER_CRITICAL,
                MUSTER_REASON_REPORTED_UNHEALTHY,
                "the server takes no connections yet: 57P03: das Datenbanksystem startet");
    assert_read(start + "odd:  XX", MUSTER_CRITICAL, MUSTER_REASON_PROTOCOL, start + "odd:  XX");
  }

  void knows_the_words_of_the_network_and_of_tls() {
    assert_read("... failed: Connection refused\n\tIs the server running?", MUSTER_CRITICAL,
                MUSTER_REASON_REFUSED, "connection refused");
    assert_read("... SSL error: certificate verify failed", MUSTER_CRITICAL,
                MUSTER_REASON_TLS_UNTRUSTED, "the server's certificate is not trusted");
    assert_read("server certificate for \"a\" does not match host name \"b\"", MUSTER_CRITICAL,
                MUSTER_REASON_TLS_WRONG_NAME, "the server's certificate is for another name");
    assert_read("root certificate file \"/x\" does not exist\nmore", MUSTER_UNKNOWN,
                MUSTER_REASON_SELF, "root certificate file \"/x\" does not exist");
    assert_read("", MUSTER_CRITICAL, MUSTER_REASON_PROTOCOL, "");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectErrorTest);
}  // namespace muster
