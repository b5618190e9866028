// The API and its front together, as app/ runs them.
#include "aggregator/api/api_server.h"

#include <sstream>

#include "tests/support/http_get.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;

class ApiServerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ApiServerTest);
  CPPUNIT_TEST(serves_until_it_is_stopped);
  CPPUNIT_TEST(imports_a_body_as_it_comes);
  CPPUNIT_TEST(counts_a_request_with_a_body_once);
  CPPUNIT_TEST_SUITE_END();

  void serves_until_it_is_stopped() {
    test::ApiFixture f;
    const std::string id = f.add("a");
    ApiSettings settings;
    settings.port = 0;
    ApiServer server(f.context(settings));
    const std::uint16_t port = test::must(server.start());
    CPPUNIT_ASSERT_EQUAL(std::string("ok"), test::http_get(port, "/-/healthy")->body);
    const std::string path = test::ApiFixture::path_of(id);
    CPPUNIT_ASSERT_EQUAL(401, test::http_get(port, path)->status);
    const auto shown =
        test::http_get(port, path, {"Authorization: Bearer " + test::ApiFixture::secret("viewer")});
    CPPUNIT_ASSERT_EQUAL(200, shown->status);
    CPPUNIT_ASSERT(shown->head.find("\r\nETag: \"1-") != std::string::npos);
    CPPUNIT_ASSERT(shown->body.find("\"name\":\"a\"") != std::string::npos);
    server.stop(1s);
    CPPUNIT_ASSERT(!test::http_get(port, "/-/healthy"));
  }

  void counts_a_request_with_a_body_once() {
    test::ApiFixture f;
    ApiSettings settings;
    settings.port = 0;
    ApiServer server(f.context(settings));
    const std::uint16_t port = test::must(server.start());
    for (const auto& [path, type, body] :
         {std::tuple{"servers", "application/json", R"({"name":"a","api_url":"http://a.example"})"},
          std::tuple{"servers/import", "application/x-ndjson",
                     R"({"name":"b","hostname":"10.0.0.1"})"}}) {
      const auto answer = test::exchange(
          port, "POST /api/v1/fleet/" + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" +
                    "Authorization: Bearer " + test::ApiFixture::secret("admin") +
                    "\r\nConnection: close\r\nContent-Type: " + type + "\r\nContent-Length: " +
                    std::to_string(std::string_view(body).size()) + "\r\n\r\n" + body);
      CPPUNIT_ASSERT(answer && answer->starts_with("HTTP/1.1 20"));
      CPPUNIT_ASSERT_MESSAGE(*answer,
                             answer->find("\"organization\";r=59999;") != std::string::npos);
      f.clock.advance(1s);  // full again
    }
  }

  static std::string chunk(const std::string& text) {
    std::ostringstream size;
    size << std::hex << text.size();
    return size.str() + "\r\n" + text + "\r\n";
  }

  // More than the pipe between the socket and the handler holds.
  void imports_a_body_as_it_comes() {
    test::ApiFixture f;
    ApiSettings settings;
    settings.port = 0;
    ApiServer server(f.context(settings));
    const std::uint16_t port = test::must(server.start());
    std::string request =
        "POST /api/v1/fleet/servers/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
        test::ApiFixture::secret("admin") +
        "\r\n"
        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 1'500; ++i) {
      request += chunk(R"({"name":"n)" + std::to_string(i) + R"(","hostname":"10.0.0.1",)");
      request += chunk(R"("metadata":{"x":")" + std::string(400, 'x') + "\"}}\n");
    }
    const auto answer = test::exchange(port, request + "0\r\n\r\n", 60s);
    CPPUNIT_ASSERT(answer);
    CPPUNIT_ASSERT_MESSAGE(answer->substr(0, 300), answer->starts_with("HTTP/1.1 200 "));
    CPPUNIT_ASSERT(answer->find("\"created\":1500,\"updated\":0,\"skipped\":0,\"failed\":0") !=
                   std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'500}, f.live.size());
    server.stop(1s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ApiServerTest);
}  // namespace muster
