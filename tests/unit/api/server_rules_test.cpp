#include "aggregator/api/server_rules.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class ServerRulesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerRulesTest);
  CPPUNIT_TEST(names);
  CPPUNIT_TEST(hostnames);
  CPPUNIT_TEST(urls);
  CPPUNIT_TEST(tokens_tags_and_places);
  CPPUNIT_TEST(normalises_urls);
  CPPUNIT_TEST_SUITE_END();

  using Rule = Complaint (*)(const std::string&);

  static void check(Rule rule, const std::vector<std::string>& good,
                    const std::vector<std::string>& bad) {
    for (const std::string& value : good) CPPUNIT_ASSERT_MESSAGE("good: " + value, !rule(value));
    for (const std::string& value : bad) CPPUNIT_ASSERT_MESSAGE("bad: " + value, rule(value));
  }

  static std::string times(int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  }

  void names() {
    check(complaint_about_name, {"a", "db 1", "\xe6\xbc\xa2", times(200, "\xc3\xa9")},
          {"", " ", "a\nb", "\x7f", "a\xc2\x85", times(201, "x")});
  }

  void hostnames() {
    check(complaint_about_hostname,
          {"a", "node-1.example", "node_1", "example.com.", "10.0.0.1", "::1", "2001:db8::1",
           times(63, "x")},
          {"", ".", "a..b", "-a", "a-", "a b", "a/b", "300.1.1.1", "1.2.3", "[::1]", "h:80",
           "\xc3\xa9", times(64, "x"), times(130, "x.")});
  }

  void urls() {
    check(complaint_about_api_url,
          {"http://a", "https://node-1.example:8471", "HTTPS://A/base/", "http://10.0.0.1:1/x",
           "http://[::1]:8471/"},
          {"",
           "a",
           "ftp://a",
           "http://",
           "http:///x",
           "http://u@a",
           "http://u:p@a",
           "http://a?x",
           "http://a#x",
           "http://a b",
           "http://a\\b",
           "http://a\n",
           "http://a:0",
           "http://a:99999",
           "http://\xc3\xa9",
           "http://300.1.1.1",
           "http://[::1",
           "http://a/%zz",
           "//a",
           "http://a/" + times(2048, "x"),
           "file:///etc/passwd",
           "http://-a"});
  }

  void tokens_tags_and_places() {
    check(complaint_about_api_token, {"", "abc.DEF-~+/="}, {"a b", "a\r\nX: y", "\xc3\xa9", "\t"});
    check(complaint_about_tag, {"db", "a b"}, {"", "\n", times(101, "x")});
    check(complaint_about_place, {"", "eu-1"}, {"\n", times(101, "x")});
  }

  void normalises_urls() {
    CPPUNIT_ASSERT_EQUAL(std::string("http://a/b"), without_trailing_slashes("http://a/b//"));
    CPPUNIT_ASSERT_EQUAL(std::string("::1"), host_of("http://[::1]:80"));
    CPPUNIT_ASSERT_EQUAL(std::string("a.b"), host_of("https://a.b:8471/x"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerRulesTest);
}  // namespace muster
