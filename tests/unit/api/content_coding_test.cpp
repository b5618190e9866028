#include "aggregator/api/content_coding.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/net/inflate.h"

namespace muster {

class ContentCodingTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ContentCodingTest);
  CPPUNIT_TEST(reads_accept_encoding);
  CPPUNIT_TEST(finds_what_is_worth_it);
  CPPUNIT_TEST(compresses_for_who_takes_it);
  CPPUNIT_TEST(leaves_the_rest_alone);
  CPPUNIT_TEST_SUITE_END();

  static ApiResponse answer(std::size_t bytes, const std::string& type = "application/json") {
    return {200, std::string(bytes, 'x'), {{"ETag", "\"7\""}}, type};
  }

  void reads_accept_encoding() {
    for (const char* yes : {"gzip", "GZip", "x-gzip", "br, gzip", "gzip;q=0.1", "gzip ; q=1.000",
                            "*", "deflate;q=0.5, *;q=0.2", "identity, gzip;Q=0.3", ",,gzip"}) {
      CPPUNIT_ASSERT_MESSAGE(yes, accepts_gzip(yes));
    }
    for (const char* no :
         {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzipped", "gzip;q=0, *;q=1",
          "gzip;q=2", "gzip;q=x", "gzip;level=9", "gzip;q=nan"}) {
      CPPUNIT_ASSERT_MESSAGE(no, !accepts_gzip(no));
    }
  }

  void finds_what_is_worth_it() {
    for (const char* type : {"application/json", "application/problem+json", "text/html",
                             "text/plain; version=0.0.4; charset=utf-8", "image/svg+xml"}) {
      CPPUNIT_ASSERT_MESSAGE(type, worth_compressing(answer(1024, type)));
    }
    CPPUNIT_ASSERT(!worth_compressing(answer(1023)));
    CPPUNIT_ASSERT(!worth_compressing(answer(5000, "image/png")));
    ApiResponse coded = answer(5000);
    coded.headers.emplace_back("Content-Encoding", "br");
    CPPUNIT_ASSERT(!worth_compressing(coded));
  }

  void compresses_for_who_takes_it() {
    ApiResponse response = answer(100'000);
    code_content(response, true);
    CPPUNIT_ASSERT(response.body.size() < 2'000);
    CPPUNIT_ASSERT_EQUAL(std::string("gzip"), *response.header("Content-Encoding"));
    CPPUNIT_ASSERT_EQUAL(std::string("Accept-Encoding"), *response.header("Vary"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"7\""), *response.header("ETag"));
    std::string plain;
    CPPUNIT_ASSERT(inflate_body(response.body, 200'000, plain) == FailureReason::kNone);
    CPPUNIT_ASSERT(std::string(100'000, 'x') == plain);
  }

  void leaves_the_rest_alone() {
    ApiResponse plain = answer(2'000);
    code_content(plain, false);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2'000}, plain.body.size());
    CPPUNIT_ASSERT(!plain.header("Content-Encoding"));
    CPPUNIT_ASSERT_EQUAL(std::string("Accept-Encoding"), *plain.header("Vary"));
    ApiResponse small = answer(10);
    code_content(small, true);
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, small.body.size());
    CPPUNIT_ASSERT(!small.header("Vary"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContentCodingTest);
}  // namespace muster
