// The API and its front together, as app/ runs them.
#include "aggregator/api/api_server.h"

#include "tests/support/http_get.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;

class ApiServerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ApiServerTest);
  CPPUNIT_TEST(serves_until_it_is_stopped);
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
    const auto shown = test::http_get(port, path, {"Authorization: Bearer viewer"});
    CPPUNIT_ASSERT_EQUAL(200, shown->status);
    CPPUNIT_ASSERT(shown->head.find("\r\nETag: \"1\"\r\n") != std::string::npos);
    CPPUNIT_ASSERT(shown->body.find("\"name\":\"a\"") != std::string::npos);
    server.stop(1s);
    CPPUNIT_ASSERT(!test::http_get(port, "/-/healthy"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ApiServerTest);
}  // namespace muster
