#include "tests/simfleet/request_parser.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "tests/simfleet/request_target.h"

namespace muster {
using namespace sim;
using State = ParsedRequest::State;
using Document = RequestTarget::Document;

class RequestParserTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RequestParserTest);
  CPPUNIT_TEST(reads_what_matters);
  CPPUNIT_TEST(waits_for_the_whole_head_and_body);
  CPPUNIT_TEST(knows_a_tls_handshake_by_its_first_byte);
  CPPUNIT_TEST(takes_one_of_several);
  CPPUNIT_TEST(knows_when_the_client_wants_to_stay);
  CPPUNIT_TEST(refuses_what_is_not_http);
  CPPUNIT_TEST(bounds_what_it_takes);
  CPPUNIT_TEST(reads_targets);
  CPPUNIT_TEST_SUITE_END();

  static State state(const std::string& text) { return parse_request(text).state; }

  void reads_what_matters() {
    const std::string text =
        "GET /health HTTP/1.1\r\nHost: a\r\nAUTHORIZATION: \t Bearer x \r\nEmpty:\r\n\r\n";
    const ParsedRequest parsed = parse_request(text);
    CPPUNIT_ASSERT(parsed.state == State::kComplete);
    CPPUNIT_ASSERT(parsed.request.method == "GET");
    CPPUNIT_ASSERT(parsed.request.target == "/health");
    CPPUNIT_ASSERT(parsed.request.authorization == "Bearer x");
    CPPUNIT_ASSERT_EQUAL(text.size(), parsed.size);
  }

  void waits_for_the_whole_head_and_body() {
    const std::string text = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    for (std::size_t size = 0; size < text.size(); ++size) {
      CPPUNIT_ASSERT(state(text.substr(0, size)) == State::kIncomplete);
    }
    CPPUNIT_ASSERT(state(text) == State::kComplete);
  }

  void knows_a_tls_handshake_by_its_first_byte() {
    CPPUNIT_ASSERT(state("\x16\x03\x01") == State::kBad);
    CPPUNIT_ASSERT(state("\x16") == State::kBad);
  }

  void takes_one_of_several() {
    const std::string one = "GET /1 HTTP/1.1\r\n\r\n";
    const std::string both = one + "GET /2 HTTP/1.1\r\n\r\n";
    CPPUNIT_ASSERT_EQUAL(one.size(), parse_request(both).size);
    CPPUNIT_ASSERT(parse_request(std::string_view(both).substr(one.size())).request.target == "/2");
  }

  void knows_when_the_client_wants_to_stay() {
    const auto stays = [](const std::string& text) {
      return parse_request(text).request.keep_alive;
    };
    CPPUNIT_ASSERT(stays("GET / HTTP/1.1\r\n\r\n"));
    CPPUNIT_ASSERT(!stays("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"));
    CPPUNIT_ASSERT(!stays("GET / HTTP/1.0\r\n\r\n"));
    CPPUNIT_ASSERT(stays("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  }

  void refuses_what_is_not_http() {
    for (const char* text :
         {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
          "GET / HTTP/2.0\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", " / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nnocolon\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
          "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "\x16\x03\x01\r\n\r\n"}) {
      CPPUNIT_ASSERT_MESSAGE(text, state(text) == State::kBad);
    }
  }

  void bounds_what_it_takes() {
    CPPUNIT_ASSERT(state(std::string(kMostRequestBytes - 1, 'a')) == State::kIncomplete);
    CPPUNIT_ASSERT(state(std::string(kMostRequestBytes, 'a')) == State::kTooLarge);
    CPPUNIT_ASSERT(state("GET / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n") == State::kTooLarge);
  }

  static void expect(const char* text, Document document, std::string_view behaviour) {
    const RequestTarget target = parse_target(text);
    CPPUNIT_ASSERT_MESSAGE(text, target.document == document);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(behaviour), std::string(target.behaviour));
  }

  void reads_targets() {
    expect("/health", Document::kHealth, "");
    expect("/health?a=/x", Document::kHealth, "");
    expect("/api/v1/metrics/current", Document::kMetrics, "");
    expect("/sim/hang/health", Document::kHealth, "hang");
    expect("/sim/slow:5/api/v1/metrics/current", Document::kMetrics, "slow:5");
    expect("/sim/redirect:http://127.0.0.1:1/health/health", Document::kHealth,
           "redirect:http://127.0.0.1:1/health");
    expect("/sim/hang", Document::kNone, "hang");
    expect("/sim/stats", Document::kStats, "");
    for (const char* text : {"/", "/x/health", "/healthy", "/sim/", "x", "*"}) {
      expect(text, Document::kNone, "");
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RequestParserTest);
}  // namespace muster
