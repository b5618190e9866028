#include "plugins/http/verdict.h"

#include <cppunit/extensions/HelperMacros.h>

#include "plugins/http/http_schema.h"
#include "tests/unit/plugins/configured.h"

namespace muster {
using http_probe::Answer;
using http_probe::HttpConfig;
using http_probe::Verdict;

class HttpVerdictTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpVerdictTest);
  CPPUNIT_TEST(statuses_have_their_reasons);
  CPPUNIT_TEST(headers);
  CPPUNIT_TEST(body_texts_and_patterns);
  CPPUNIT_TEST(json_values);
  CPPUNIT_TEST(json_lengths);
  CPPUNIT_TEST(json_pointers_are_those_of_the_rfc);
  CPPUNIT_TEST(nasty_bodies_are_no_json);
  CPPUNIT_TEST(slow_answers);
  CPPUNIT_TEST(certificates);
  CPPUNIT_TEST(names_all_that_fails);
  CPPUNIT_TEST(evil_patterns_take_linear_time);
  CPPUNIT_TEST_SUITE_END();

  static Verdict judge(const std::string& yaml, const Answer& answer) {
    const HttpConfig config(test::configured(http_probe::kSchema, "url: /\n" + yaml));
    Verdict verdict = http_probe::judge(config.conditions, answer);
    CPPUNIT_ASSERT_EQUAL(config.conditions.size(), verdict.outcomes.size());
    for (auto& outcome : verdict.outcomes) outcome.condition = nullptr;  // goes with the config
    return verdict;
  }

  static Answer page(std::string_view body) { return {200, body, {}, 0, 0, false}; }

  static bool well(const std::string& yaml, const Answer& answer) {
    const Verdict verdict = judge(yaml, answer);
    CPPUNIT_ASSERT((verdict.status == MUSTER_OK) == verdict.message.empty());
    return verdict.status == MUSTER_OK;
  }

  static bool json_is(const std::string& test, std::string_view body) {
    return well("expect: {json: [" + test + "]}", page(body));
  }

  static void expect_status(int status, muster_status wanted, muster_reason reason) {
    Answer answer;
    answer.status = status;
    const Verdict verdict = judge("", answer);
    CPPUNIT_ASSERT_EQUAL(wanted, verdict.status);
    CPPUNIT_ASSERT_EQUAL(reason, verdict.reason);
    CPPUNIT_ASSERT_EQUAL(std::string(wanted == MUSTER_OK ? "" : "failed: status 2xx"),
                         verdict.message);
  }

  void statuses_have_their_reasons() {
    expect_status(200, MUSTER_OK, MUSTER_REASON_NONE);
    expect_status(500, MUSTER_CRITICAL, MUSTER_REASON_STATUS_CODE);
    expect_status(418, MUSTER_CRITICAL, MUSTER_REASON_STATUS_CODE);
    expect_status(301, MUSTER_CRITICAL, MUSTER_REASON_REDIRECT);
    expect_status(401, MUSTER_CRITICAL, MUSTER_REASON_AUTH);
    expect_status(403, MUSTER_CRITICAL, MUSTER_REASON_AUTH);
    expect_status(404, MUSTER_CRITICAL, MUSTER_REASON_NOT_FOUND);
    expect_status(429, MUSTER_UNKNOWN, MUSTER_REASON_RATE_LIMITED);
    Answer missing;
    missing.status = 404;
    CPPUNIT_ASSERT(well("expect: {status: [404]}", missing));
  }

  void headers() {
    Answer answer = page("");
    answer.headers = {{"X-Cache", "MISS"}, {"x-cache", "HIT from a"}, {"Server", "nginx"}};
    const auto is = [&](const std::string& test) {
      return well("expect: {headers: [" + test + "]}", answer);
    };
    CPPUNIT_ASSERT(is("{name: SERVER, present: true}"));
    CPPUNIT_ASSERT(!is("{name: Server, present: false}"));
    CPPUNIT_ASSERT(is("{name: Serve, present: false}"));
    CPPUNIT_ASSERT(!is("{name: Etag, present: true}"));
    CPPUNIT_ASSERT(is("{name: X-Cache, matches: ^HIT}"));
    CPPUNIT_ASSERT(!is("{name: X-Cache, matches: ^BYPASS}"));
    CPPUNIT_ASSERT(!is("{name: X-Cache, not_matches: ^HIT}"));
    CPPUNIT_ASSERT(is("{name: Etag, not_matches: .}"));
    CPPUNIT_ASSERT(!is("{name: Etag, matches: .}"));
  }

  void body_texts_and_patterns() {
    const Answer answer = page("Welcome\nto the shop");
    const auto is = [&](const std::string& test) {
      return well("expect: {body: [" + test + "]}", answer);
    };
    CPPUNIT_ASSERT(is("{contains: to the}"));
    CPPUNIT_ASSERT(!is("{contains: welcome}"));
    CPPUNIT_ASSERT(is("{not_contains: error}"));
    CPPUNIT_ASSERT(!is("{not_contains: shop}"));
    CPPUNIT_ASSERT(is("{matches: '(?i)welcome'}"));
    CPPUNIT_ASSERT(is("{matches: '(?m)^to'}"));
    CPPUNIT_ASSERT(!is("{matches: '^to'}"));
    CPPUNIT_ASSERT(is("{not_matches: '[0-9]'}"));
    CPPUNIT_ASSERT(!is("{not_matches: 's.op'}"));
  }

  void json_values() {
    constexpr std::string_view kBody =
        R"({"s":"ok","n":5,"f":1.5,"t":true,"z":null,"big":18446744073709551615,"l":[{"a":"x"}]})";
    for (const char* good :
         {"{pointer: /s, equals: ok}", "{pointer: /n, equals: 5}", "{pointer: /n, equals: 5.0}",
          "{pointer: /t, equals: true}", "{pointer: /s, not: down}", "{pointer: /n, not: '5'}",
          "{pointer: /n, lt: 6, gt: 4}", "{pointer: /f, gt: 1.4}", "{pointer: /z, exists: true}",
          "{pointer: /q, exists: false}", "{pointer: /l/0/a, matches: '^x$'}",
          "{pointer: /n, matches: '^5$'}", "{pointer: /l, matches: '\"a\"'}",
          "{pointer: /big, gt: 18446744073709000000}"}) {
      CPPUNIT_ASSERT_MESSAGE(good, json_is(good, kBody));
    }
    for (const char* bad :
         {"{pointer: /s, equals: OK}", "{pointer: /n, equals: '5'}", "{pointer: /n, lt: 5}",
          "{pointer: /n, gt: 5}", "{pointer: /s, gt: 5}", "{pointer: /z, exists: false}",
          "{pointer: /q, exists: true}", "{pointer: /q, equals: ok}", "{pointer: /q, not: ok}",
          "{pointer: /t, equals: 'true'}", "{pointer: /s, not: ok}", "{pointer: /s, matches: '^k'}",
          "{pointer: /z, equals: 0}", "{pointer: /l/1, exists: true}"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !json_is(bad, kBody));
    }
  }

  void json_lengths() {
    constexpr std::string_view kBody = R"({"l":[1,2,3],"o":{"a":1},"s":"four","n":5})";
    CPPUNIT_ASSERT(json_is("{pointer: /l, length: true, equals: 3, gt: 2, lt: 4}", kBody));
    CPPUNIT_ASSERT(json_is("{pointer: /o, length: true, not: 2}", kBody));
    CPPUNIT_ASSERT(json_is("{pointer: /s, length: true, equals: 4}", kBody));
    CPPUNIT_ASSERT(!json_is("{pointer: /l, length: true, not: 3}", kBody));
    CPPUNIT_ASSERT(!json_is("{pointer: /n, length: true, not: 3}", kBody));
  }

  // The example of RFC 6901, section 5.
  void json_pointers_are_those_of_the_rfc() {
    constexpr std::string_view kBody =
        R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";
    for (const char* good :
         {"{pointer: /foo/0, equals: bar}", "{pointer: /, equals: 0}",
          "{pointer: /a~1b, equals: 1}", "{pointer: /c%d, equals: 2}", "{pointer: /e^f, equals: 3}",
          "{pointer: /g|h, equals: 4}", R"({pointer: '/i\j', equals: 5})",
          R"({pointer: '/k"l', equals: 6})", "{pointer: '/ ', equals: 7}",
          "{pointer: /m~0n, equals: 8}", "{pointer: '', length: true, equals: 10}"}) {
      CPPUNIT_ASSERT_MESSAGE(good, json_is(good, kBody));
    }
    for (const char* bad : {"/foo/2", "/foo/-", "/foo/01", "/foo/x", "/foo/0/x", "/foo/", "/a~01b",
                            "/foo/99999999999999999999999"}) {
      CPPUNIT_ASSERT_MESSAGE(bad,
                             !json_is("{pointer: " + std::string(bad) + ", exists: true}", kBody));
    }
    CPPUNIT_ASSERT(json_is("{pointer: '', equals: 7}", "7"));
    CPPUNIT_ASSERT(!json_is("{pointer: /a, exists: true}", "7"));
  }

  void nasty_bodies_are_no_json() {
    for (const std::string& body :
         {std::string(), std::string("<html>"), std::string("{\"a\":"), std::string("{\"a\":1}}"),
          std::string(100'000, '['), "{\"a\":" + std::string(80, '[') + std::string(80, ']') + "}",
          std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":1\0}", 8),
          "\"" + std::string(2'000'000, 'x') + "\""}) {
      const Verdict verdict = judge("expect: {json: [{pointer: /a, exists: true}]}", page(body));
      CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_BAD_DOCUMENT}, verdict.reason);
      CPPUNIT_ASSERT_EQUAL(std::string("the body is no JSON"),
                           std::string(verdict.outcomes[1].fault));
    }
  }

  void slow_answers() {
    const std::string limits = "response_time_ms: {warning: 100, critical: 2000}";
    Answer answer = page("");
    answer.seconds = 0.1;
    CPPUNIT_ASSERT(well(limits, answer));
    answer.seconds = 0.101;
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, judge(limits, answer).status);
    CPPUNIT_ASSERT_EQUAL(std::string("warning: answer within 100 ms"),
                         judge(limits, answer).message);
    answer.seconds = 2.1;
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, judge(limits, answer).status);
  }

  void certificates() {
    const std::string limits = "certificate_days: {warning: 10, critical: 2}";
    Answer answer = page("");
    CPPUNIT_ASSERT(well(limits, answer));
    answer.has_certificate = true;
    answer.certificate_seconds_left = 10 * 86'400;
    CPPUNIT_ASSERT(well(limits, answer));
    answer.certificate_seconds_left -= 1;
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, judge(limits, answer).status);
    answer.certificate_seconds_left = 2 * 86'400 - 1;
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, judge(limits, answer).status);
    CPPUNIT_ASSERT(well("certificate_days: {warning: 0}", answer));
  }

  void names_all_that_fails() {
    Answer answer = page(R"({"status":"down"})");
    answer.status = 503;
    answer.seconds = 1;
    const Verdict verdict = judge(
        "expect: {body: [{contains: up}, {contains: down}],"
        " json: [{pointer: /status, equals: ok, severity: warning}]}\n"
        "response_time_ms: {warning: 500}",
        answer);
    CPPUNIT_ASSERT_EQUAL(std::string("failed: status 2xx; body contains \"up\"; warning: "
                                     "json /status equals \"ok\"; answer within 500 ms"),
                         verdict.message);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, verdict.status);
    CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_STATUS_CODE}, verdict.reason);
    CPPUNIT_ASSERT_EQUAL(std::string("it is missing"), std::string(verdict.outcomes[1].fault));
    CPPUNIT_ASSERT_EQUAL(std::string(), std::string(verdict.outcomes[2].fault));
  }

  // With a matcher that goes back and forth this would not end.
  void evil_patterns_take_linear_time() {
    const std::string body(256 * 1024, 'a');
    CPPUNIT_ASSERT(!well("expect: {body: [{matches: '(a*)*(a*)*(a|aa)+b$'}]}", page(body)));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpVerdictTest);
}  // namespace muster
