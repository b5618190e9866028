// Two organizations and every endpoint: nobody finds, reads or changes what belongs to the other.
// The repositories run as muster_api here, so row-level security takes part.
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class TenantMatrixTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TenantMatrixTest);
  CPPUNIT_TEST(a_server_of_another_organization_is_not_found);
  CPPUNIT_TEST(collections_hold_ones_own_only);
  CPPUNIT_TEST(a_group_or_name_of_another_is_no_obstacle);
  CPPUNIT_TEST(platform_tokens_choose_the_organization);
  CPPUNIT_TEST_SUITE_END();

  void a_server_of_another_organization_is_not_found() {
    ApiFixture f;
    const std::map<std::string, std::string> homes{{"admin", f.add("a")},
                                                   {"other", f.add("b", "", "other")}};
    const std::tuple<const char*, const char*, const char*> routes[] = {
        {"GET", "", ""},
        {"PATCH", "", R"({"region":"eu"})"},
        {"DELETE", "", ""},
        {"POST", "/rotate-token", ""},
        {"POST", "/health-check", ""},
        {"POST", "/metrics/collect", ""},
        {"GET", "/health-history", ""},
        {"GET", "/metrics", ""},
    };
    for (const auto& [stranger, owner] :
         {std::pair("admin", "other"), std::pair("other", "admin")}) {
      const std::string path = ApiFixture::path_of(homes.at(owner));
      const std::string before = f.ask(owner, "GET", path).body;
      for (const auto& [method, tail, body] : routes) {
        const auto refused = f.ask(stranger, method, path + tail, body);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(method + path + tail, 404, refused.status);
      }
      CPPUNIT_ASSERT_EQUAL(before, f.ask(owner, "GET", path).body);
    }
  }

  void collections_hold_ones_own_only() {
    ApiFixture f;
    f.add("a");
    f.add("b", "", "other");
    f.add("c", "", "other");
    for (const auto& [token, count] : {std::pair("admin", 1), std::pair("other", 2)}) {
      const auto listed = f.ask(token, "GET", "/api/v1/fleet/servers");
      CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(count), ApiFixture::items(listed));
      const auto summary = f.ask(token, "GET", "/api/v1/fleet/summary");
      CPPUNIT_ASSERT_EQUAL(std::to_string(count), ApiFixture::at(summary, "servers"));
    }
  }

  void a_group_or_name_of_another_is_no_obstacle() {
    ApiFixture f;
    f.add("same");
    f.add("same", "", "other");
  }

  void platform_tokens_choose_the_organization() {
    ApiFixture f;
    f.add("a");
    const std::string path = "/api/v1/fleet/servers?organization=";
    CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                         ApiFixture::items(f.ask("platform", "GET", path + "default")));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                         ApiFixture::items(f.ask("platform", "GET", path + "other")));
    CPPUNIT_ASSERT_EQUAL(400, f.ask("other", "GET", path + "default").status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TenantMatrixTest);
}  // namespace muster
