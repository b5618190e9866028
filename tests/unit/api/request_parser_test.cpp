#include "aggregator/api/request_parser.h"

#include <cppunit/extensions/HelperMacros.h>

#include <cstring>

namespace muster {

class RequestParserTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RequestParserTest);
  CPPUNIT_TEST(takes_a_request_in_any_pieces);
  CPPUNIT_TEST(leaves_what_belongs_to_the_next_request);
  CPPUNIT_TEST(joins_repeated_fields_and_drops_trailers);
  CPPUNIT_TEST(knows_whether_the_connection_goes_on);
  CPPUNIT_TEST(refuses_what_two_readers_could_read_differently);
  CPPUNIT_TEST(wants_one_host);
  CPPUNIT_TEST(refuses_damaged_chunks);
  CPPUNIT_TEST(bounds_the_head_and_the_lines_of_chunks);
  CPPUNIT_TEST_SUITE_END();

  static void feed(RequestParser::Buffer& buffer, std::string_view text) {
    std::memcpy(buffer.prepare(text.size()).data(), text.data(), text.size());
    buffer.commit(text.size());
  }

  // The code of the refusal, of head or body; "" when all is well and the request is whole.
  static std::string verdict(std::string_view text) {
    RequestParser parser;
    RequestParser::Buffer buffer;
    feed(buffer, text);
    const auto head = parser.take_head(buffer);
    if (!head) return head.error().code == ProblemCode::kHeadTooLarge ? "too long" : "malformed";
    if (!*head) return "more";
    const auto body = parser.take_body(buffer);
    if (!body) return "bad body";
    return *body ? "" : "more body";
  }

  void takes_a_request_in_any_pieces() {
    const std::string text =
        "\r\nPOST /a?b=c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "5;x=y\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, text.size()}) {
      RequestParser parser;
      RequestParser::Buffer buffer;
      bool in_body = false;
      bool whole = false;
      std::string body;
      for (std::size_t at = 0; at < text.size(); at += size) {
        CPPUNIT_ASSERT(!whole);
        feed(buffer, std::string_view(text).substr(at, size));
        if (!in_body) in_body = parser.take_head(buffer).value();
        if (in_body) whole = parser.take_body(buffer).value();
        body += parser.take_piece();
      }
      CPPUNIT_ASSERT(whole);
      CPPUNIT_ASSERT_EQUAL(std::string("POST"), parser.request().method);
      CPPUNIT_ASSERT_EQUAL(std::string("/a?b=c"), parser.request().target);
      CPPUNIT_ASSERT_EQUAL(std::string("hello world"), body);
      CPPUNIT_ASSERT_EQUAL(std::uint64_t{11}, parser.body_bytes());
      CPPUNIT_ASSERT_EQUAL(std::size_t{0}, buffer.size());
    }
  }

  void leaves_what_belongs_to_the_next_request() {
    RequestParser parser;
    RequestParser::Buffer buffer;
    feed(buffer,
         "PUT /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: "
         "a\r\n\r\n");
    CPPUNIT_ASSERT(parser.take_head(buffer).value());
    CPPUNIT_ASSERT(parser.has_body());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, parser.announced());
    CPPUNIT_ASSERT(parser.take_body(buffer).value());
    CPPUNIT_ASSERT_EQUAL(std::string("abc"), parser.take_piece());
    RequestParser next;
    CPPUNIT_ASSERT(next.take_head(buffer).value());
    CPPUNIT_ASSERT_EQUAL(std::string("/2"), next.request().target);
    CPPUNIT_ASSERT(!next.has_body());
  }

  void joins_repeated_fields_and_drops_trailers() {
    RequestParser parser;
    RequestParser::Buffer buffer;
    feed(buffer,
         "POST / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a:  2 \r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\nAuthorization: Bearer smuggled\r\n\r\n");
    CPPUNIT_ASSERT(parser.take_head(buffer).value());
    CPPUNIT_ASSERT(parser.take_body(buffer).value());
    CPPUNIT_ASSERT_EQUAL(std::string("1, 2"), *parser.request().header("x-a"));
    CPPUNIT_ASSERT(!parser.request().header("authorization"));
  }

  void knows_whether_the_connection_goes_on() {
    const auto goes_on = [](const std::string& text) {
      RequestParser parser;
      RequestParser::Buffer buffer;
      feed(buffer, text + "\r\nHost: a\r\n\r\n");
      CPPUNIT_ASSERT(parser.take_head(buffer).value());
      return parser.wants_keep_alive();
    };
    CPPUNIT_ASSERT(goes_on("GET / HTTP/1.1"));
    CPPUNIT_ASSERT(!goes_on("GET / HTTP/1.1\r\nConnection: x, Close"));
    CPPUNIT_ASSERT(!goes_on("GET / HTTP/1.0"));
    CPPUNIT_ASSERT(goes_on("GET / HTTP/1.0\r\nConnection: keep-alive"));
  }

  void refuses_what_two_readers_could_read_differently() {
    const std::string line = "POST / HTTP/1.1\r\nHost: a\r\n";
    for (const char* headers :
         {"Content-Length: 1\r\nTransfer-Encoding: chunked",
          "Content-Length: 1\r\nContent-Length: 1",
          "Transfer-Encoding: chunked\r\nContent-Length: 1", "Content-Length: +1",
          "Content-Length: 0x1", "Content-Length: 1 1",
          "Content-Length:", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding: chunked, chunked",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding : chunked",
          "A: b\r\n\tc", "A: b\r\n c: d", " A: b", "A\x01: b", "A: b\x01", "A: b\rC: d", "A"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(headers, std::string("malformed"),
                                   verdict(line + headers + "\r\n\r\n1\r\n"));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"),
                         verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"), verdict("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"), verdict("GET / HTTP/1.1 \r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string(""), verdict("GET / HTTP/1.1\r\nHost: a\r\nA:b\r\n\r\n"));
  }

  void wants_one_host() {
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"), verdict("GET / HTTP/1.1\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"),
                         verdict("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("malformed"), verdict("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string(""), verdict("GET / HTTP/1.1\r\nHost:\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string(""), verdict("GET / HTTP/1.0\r\n\r\n"));
  }

  void refuses_damaged_chunks() {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* body : {"x\r\nabc\r\n", "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "\r\n\r\n",
                             "11111111111111111\r\n", "3 3\r\nabc\r\n0\r\n\r\n"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(body, std::string("bad body"), verdict(head + body));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("more body"), verdict(head + "3\r\nab"));
  }

  void bounds_the_head_and_the_lines_of_chunks() {
    const std::string most(RequestParser::kLongestHead, 'x');
    CPPUNIT_ASSERT_EQUAL(std::string("more"), verdict(most));
    CPPUNIT_ASSERT_EQUAL(std::string("too long"), verdict(most + 'x'));
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    CPPUNIT_ASSERT_EQUAL(std::string("bad body"), verdict(head + "1;" + most));
    CPPUNIT_ASSERT_EQUAL(std::string("bad body"), verdict(head + "0\r\nT: " + most));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RequestParserTest);
}  // namespace muster
