#include "agent-shim/http_message.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace shim;

class HttpMessageTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpMessageTest);
  CPPUNIT_TEST(reads_a_request);
  CPPUNIT_TEST(takes_the_absolute_form);
  CPPUNIT_TEST(knows_when_the_client_wants_to_stay);
  CPPUNIT_TEST(sees_a_body_coming);
  CPPUNIT_TEST(refuses_malformed_heads);
  CPPUNIT_TEST(refuses_doubled_headers_that_matter);
  CPPUNIT_TEST(refuses_too_many_headers);
  CPPUNIT_TEST(survives_every_truncation_and_flipped_byte);
  CPPUNIT_TEST(writes_a_response);
  CPPUNIT_TEST_SUITE_END();

  static HttpRequest request(const std::string& head) {
    const auto parsed = parse_request_head(head);
    CPPUNIT_ASSERT_MESSAGE(head, parsed.has_value());
    return *parsed;
  }

  void reads_a_request() {
    const auto got =
        request("GET /health?verbose=1 HTTP/1.1\r\nHost: a:1\r\nX-Tag: \t padded \r\n\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string("GET"), got.method);
    CPPUNIT_ASSERT_EQUAL(std::string("/health"), got.path);
    CPPUNIT_ASSERT_EQUAL(std::string("padded"), got.headers.at("x-tag"));
    CPPUNIT_ASSERT(!got.has_body);
  }

  void takes_the_absolute_form() {
    CPPUNIT_ASSERT_EQUAL(std::string("/health"),
                         request("GET http://a:1/health HTTP/1.1\r\n\r\n").path);
    CPPUNIT_ASSERT_EQUAL(std::string(""), request("GET http://a HTTP/1.1\r\n\r\n").path);
  }

  void knows_when_the_client_wants_to_stay() {
    CPPUNIT_ASSERT(request("GET / HTTP/1.1\r\n\r\n").keep_alive);
    CPPUNIT_ASSERT(!request("GET / HTTP/1.0\r\n\r\n").keep_alive);
    CPPUNIT_ASSERT(!request("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n").keep_alive);
  }

  void sees_a_body_coming() {
    CPPUNIT_ASSERT(!request("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").has_body);
    CPPUNIT_ASSERT(request("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n").has_body);
    CPPUNIT_ASSERT(request("GET / HTTP/1.1\r\nContent-Length: -0\r\n\r\n").has_body);
    CPPUNIT_ASSERT(request("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").has_body);
  }

  void refuses_malformed_heads() {
    for (const char* head :
         {"", "\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
          "G\tT / HTTP/1.1\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
          "GET / HTTP/1.1", "GET / HTTP/1.1\r\nnocolon\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
          "GET / HTTP/1.1\r\nA : x\r\n\r\n", "GET / HTTP/1.1\r\nA: x\r\n folded\r\n\r\n",
          "GET / HTTP/1.1\r\nA: x\ny\r\n\r\n", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n"}) {
      CPPUNIT_ASSERT_MESSAGE(head, !parse_request_head(head));
    }
    CPPUNIT_ASSERT(!parse_request_head(std::string("GET /\0 HTTP/1.1\r\n\r\n", 19)));
  }

  void refuses_doubled_headers_that_matter() {
    for (const char* name : {"Authorization", "Content-Length", "Host", "Transfer-Encoding"}) {
      const std::string line = std::string(name) + ": 0\r\n";
      CPPUNIT_ASSERT(!parse_request_head("GET / HTTP/1.1\r\n" + line + line + "\r\n"));
    }
    CPPUNIT_ASSERT(parse_request_head("GET / HTTP/1.1\r\nAccept: a\r\nAccept: b\r\n\r\n"));
  }

  void refuses_too_many_headers() {
    std::string head = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 65; ++i) head += "A" + std::to_string(i) + ": x\r\n";
    CPPUNIT_ASSERT(!parse_request_head(head + "\r\n"));
  }

  void survives_every_truncation_and_flipped_byte() {
    const std::string head = "GET http://a/b?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (std::size_t at = 0; at <= head.size(); ++at) {
      (void)parse_request_head(head.substr(0, at));
      for (int byte = 0; at < head.size() && byte < 256; ++byte) {
        std::string flipped = head;
        flipped[at] = static_cast<char>(byte);
        (void)parse_request_head(flipped);
      }
    }
  }

  void writes_a_response() {
    HttpResponse response{405, "text/plain", "no", {{"Allow", "GET"}}};
    const std::string text = to_wire(response, false, true);
    CPPUNIT_ASSERT(text.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CPPUNIT_ASSERT(text.find("\r\nContent-Length: 2\r\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("\r\nAllow: GET\r\n") != std::string::npos);
    CPPUNIT_ASSERT(text.ends_with("\r\nConnection: close\r\n\r\nno"));
    CPPUNIT_ASSERT(to_wire(response, true, false).ends_with("\r\nConnection: keep-alive\r\n\r\n"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpMessageTest);
}  // namespace muster
