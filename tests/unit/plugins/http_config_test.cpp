#include "plugins/http/http_config.h"

#include <cppunit/extensions/HelperMacros.h>

#include "muster/probe.hpp"
#include "plugins/http/http_schema.h"
#include "tests/unit/plugins/configured.h"

namespace muster {
using http_probe::HttpConfig;
using http_probe::url_for;

class HttpConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpConfigTest);
  CPPUNIT_TEST(a_url_alone_is_enough);
  CPPUNIT_TEST(the_token_goes_to_the_servers_own_api_only);
  CPPUNIT_TEST(the_servers_host_fills_the_url);
  CPPUNIT_TEST(every_condition_has_a_name);
  CPPUNIT_TEST(mistakes_are_told_with_their_place);
  CPPUNIT_TEST_SUITE_END();

  static HttpConfig read(const std::string& yaml) {
    return HttpConfig(test::configured(http_probe::kSchema, yaml));
  }

  static std::string names(const HttpConfig& config) {
    std::string text;
    for (const auto& condition : config.conditions) {
      text += (condition->severity() == MUSTER_WARNING ? "~" : "") + condition->name() + "\n";
    }
    return text;
  }

  void a_url_alone_is_enough() {
    const HttpConfig config = read("{url: 'https://{host}/'}");
    CPPUNIT_ASSERT_EQUAL(std::string("GET"), config.method);
    CPPUNIT_ASSERT(config.follow_redirects);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{256 * 1024}, config.most_body_bytes);
    CPPUNIT_ASSERT_EQUAL(std::string("status 2xx\n~certificate valid for 14 days\n"),
                         names(config));
  }

  void the_token_goes_to_the_servers_own_api_only() {
    CPPUNIT_ASSERT(read("{url: /x}").send_token);
    CPPUNIT_ASSERT(!read("{url: 'http://{host}/x'}").send_token);
    CPPUNIT_ASSERT(!read("{url: /x, send_token: false}").send_token);
    CPPUNIT_ASSERT(read("{url: 'http://{host}/x', send_token: true}").send_token);
  }

  void the_servers_host_fills_the_url() {
    CPPUNIT_ASSERT_EQUAL(std::string("http://a.b:81/a.b"),
                         url_for("http://{host}:81/{host}", "a.b"));
    CPPUNIT_ASSERT_EQUAL(std::string("http://[fd00::1]:81/"),
                         url_for("http://{host}:81/", "fd00::1"));
    CPPUNIT_ASSERT_EQUAL(std::string("http://[fd00::1]/"), url_for("http://{host}/", "[fd00::1]"));
    CPPUNIT_ASSERT_EQUAL(std::string("http://x/"), url_for("http://x/", "y"));
    CPPUNIT_ASSERT_EQUAL(std::string("http://{host}/"), url_for("http://{host}/", "{host}"));
  }

  void every_condition_has_a_name() {
    const HttpConfig config = read(R"(
url: http://x/
expect:
  status: [200, 3xx]
  headers:
  - {name: X-A, present: true}
  - {name: X-B, present: false, severity: warning}
  - {name: X-C, matches: ^a, not_matches: b$}
  body:
  - {contains: up, not_contains: down}
  - {matches: 'a+', not_matches: 'b+', severity: warning}
  json:
  - {pointer: /a, exists: true}
  - {pointer: /b, exists: false}
  - {pointer: /c, equals: ok, not: 5}
  - {pointer: /d, lt: 10, gt: 1.5, matches: '^[0-9]'}
  - {pointer: '', length: true, equals: 3, severity: warning}
response_time_ms: {warning: 100, critical: 2000}
certificate_days: {critical: 1}
)");
    CPPUNIT_ASSERT_EQUAL(
        std::string("status 200, 3xx\nheader X-A present\n~header X-B absent\n"
                    "header X-C matches \"^a\"\nheader X-C does not match \"b$\"\n"
                    "body contains \"up\"\nbody does not contain \"down\"\n"
                    "~body matches \"a+\"\n~body does not match \"b+\"\n"
                    "json /a exists\njson /b absent\njson /c equals \"ok\"\njson /c is not 5\n"
                    "json /d < 10\njson /d > 1.5\njson /d matches \"^[0-9]\"\n"
                    "~length of json body equals 3\n"
                    "answer within 2000 ms\n~answer within 100 ms\n"
                    "certificate valid for 1 day\n~certificate valid for 14 days\n"),
        names(config));
  }

  static void expect_fault(const std::string& fault, const std::string& yaml) {
    try {
      read(yaml);
    } catch (const sdk::ConfigError& thrown) {
      return CPPUNIT_ASSERT_EQUAL(fault, std::string(thrown.what()).substr(0, fault.size()));
    }
    CPPUNIT_FAIL("not refused: " + yaml);
  }

  void mistakes_are_told_with_their_place() {
    expect_fault("/url: is no http:// or https:// URL, and no path", "{url: 'ftp://x/'}");
    expect_fault("/url: has no host", "{url: 'http:///x'}");
    expect_fault("/url: holds a user name", "{url: 'http://u:p@x/'}");
    expect_fault("/url: has a blank in it", "{url: 'http://x/a b'}");
    expect_fault("/url: has a fragment", "{url: '/x#y'}");
    expect_fault("/headers/content-length: is set by Muster",
                 "{url: /x, headers: {content-length: 5}}");
    expect_fault("/headers/X: holds a control character",
                 "{url: /x, headers: {X: \"a\\r\\nB: c\"}}");
    expect_fault("/headers: \"a b\" is no header's name", "{url: /x, headers: {a b: c}}");
    expect_fault("/expect/status/1: is no status", "{url: /x, expect: {status: [200, 300-200]}}");
    expect_fault("/expect/body/1/matches: regular expression: missing )",
                 "{url: /x, expect: {body: [{contains: a}, {matches: '('}]}}");
    expect_fault("/expect/body/0: demands nothing",
                 "{url: /x, expect: {body: [{severity: warning}]}}");
    expect_fault("/expect/json/0/pointer: is no JSON pointer",
                 "{url: /x, expect: {json: [{pointer: a, exists: true}]}}");
    expect_fault("/expect/json/0/equals: is no single value",
                 "{url: /x, expect: {json: [{pointer: /a, equals: [1]}]}}");
    expect_fault("/expect/json/0/equals: a length is a number",
                 "{url: /x, expect: {json: [{pointer: /a, equals: a, length: true}]}}");
    // Back references have no linear time.
    expect_fault("/expect/body/0/matches: regular expression: invalid escape",
                 "{url: /x, expect: {body: [{matches: '(a)\\1'}]}}");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpConfigTest);
}  // namespace muster
