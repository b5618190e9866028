#include "common/config/schema_formats.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class SchemaFormatsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SchemaFormatsTest);
  CPPUNIT_TEST(knows_urls);
  CPPUNIT_TEST(knows_hosts);
  CPPUNIT_TEST(knows_ports);
  CPPUNIT_TEST(knows_networks);
  CPPUNIT_TEST(knows_endpoints_and_canaries);
  CPPUNIT_TEST(knows_regular_expressions);
  CPPUNIT_TEST(every_format_refuses_something);
  CPPUNIT_TEST_SUITE_END();

  using Texts = std::vector<std::string>;

  static void check(const char* format, const Texts& good, const Texts& bad) {
    for (const std::string& text : good) {
      CPPUNIT_ASSERT_MESSAGE(text, !format_fault(format, text));
    }
    for (const std::string& text : bad) CPPUNIT_ASSERT_MESSAGE(text, format_fault(format, text));
  }

  void knows_urls() {
    check("url",
          {"https://a.example", "postgresql://u:p@db.example:5432/muster?sslmode=require",
           "http://[::1]:80/", "redis://10.0.0.1"},
          {"", "a.example", "://a", "http://", "http:///x", "http://a b/", "http://a:0/",
           "http://a:65536/", "http://[::1/", "http://[::1]80/", "1http://a", "http://-a/"});
    check("http-url", {"http://a", "https://a:1/b#c"}, {"ftp://a", "HTTP//a", "http:/a"});
  }

  void knows_hosts() {
    check("host",
          {"localhost", "a.b-c.example", "a.example.", "10.0.0.1", "::1", "fe80::1", "db_1",
           std::string(63, 'a')},
          {"", ".", "a..b", "-a", "a-", "300.1.2.3", "1.2.3", "a b", "a:80", "[::1]",
           std::string(64, 'a'), "http://a"});
  }

  void knows_ports() {
    check("port", {"1", "8470", "65535"}, {"0", "65536", "-1", "80a", "", "080"});
  }

  void knows_networks() {
    check("cidr",
          {"10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "fd00::/8", "::1/128", "10.128.0.0/9",
           "10.1.2.3", "::1"},
          {"10.0.0", "10.0.0.0/33", "10.1.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129",
           "fd00::1/8", "10.0.0/8", "a/8", "10.64.0.0/9"});
  }

  void knows_endpoints_and_canaries() {
    check("endpoint", {"10.0.0.1", "10.0.0.1:5353", "::1", "[::1]:53"},
          {"", "ns.example", "10.0.0.1:", "10.0.0.1:0", "[::1"});
    check("canary", {"tcp://10.0.0.1:22", "tcp://[::1]:22", "dns://10.0.0.1", "dns://10.0.0.1:54"},
          {"", "tcp", "tcp://10.0.0.1", "tcp://gateway:22", "udp://10.0.0.1:53", "10.0.0.1:53",
           "dns://"});
  }

  void knows_regular_expressions() { check("regex", {"^a+$", ""}, {"(", "[a", "*"}); }

  void every_format_refuses_something() {
    const std::string nonsense("(\0", 2);
    for (const std::string& format : known_formats()) {
      CPPUNIT_ASSERT_MESSAGE(format, format_fault(format, nonsense));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaFormatsTest);
}  // namespace muster
