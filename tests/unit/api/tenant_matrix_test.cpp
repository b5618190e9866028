// Two organizations and every listing: nobody finds what belongs to the other, whatever they filter
// by. The repositories run as muster_api here, so row-level security takes part. What one object
// answers is in access_matrix_test.cpp.
#include <set>

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

namespace {

constexpr const char* kFleet = "/api/v1/fleet";
constexpr const char* kNeedle = "needle";

// What shows nothing of an organization to the organization's own admin.
const std::set<std::string> kNothingOfOurs{"/api/v1/fleet/events/stream",
                                           "/api/v1/fleet/organizations",
                                           "/api/v1/fleet/partitions",
                                           "/api/v1/fleet/plugins",
                                           "/api/v1/fleet/openapi.json",
                                           "/docs",
                                           "/-/healthy",
                                           "/-/ready"};

}  // namespace

class TenantMatrixTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TenantMatrixTest);
  CPPUNIT_TEST(listings_hold_ones_own_only);
  CPPUNIT_TEST(names_and_ids_of_another_find_nothing);
  CPPUNIT_TEST(a_cursor_of_another_is_refused);
  CPPUNIT_TEST(a_name_of_another_is_no_obstacle);
  CPPUNIT_TEST(platform_tokens_choose_the_organization);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<ApiFixture> made_;
  std::string server_, group_, token_, operation_;  // ours
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  std::string make(const std::string& collection, const std::string& body) {
    const auto made = f().ask("admin", "POST", kFleet + collection, body);
    CPPUNIT_ASSERT_MESSAGE(made.body, made.status < 300);
    return ApiFixture::at(made, "id");
  }

  // One of everything, all under the same name.
  void make_ours(const std::string& name = kNeedle) {
    const std::string quoted = '"' + name + '"';
    server_ = f().add(name, ",\"region\":" + quoted + ",\"environment\":" + quoted + ",\"tags\":[" +
                                quoted + "]");
    group_ = make("/groups", "{\"name\":" + quoted + ",\"filter\":{\"tags\":[" + quoted + "]}}");
    token_ = make("/tokens", R"({"role":"viewer","name":)" + quoted + "}");
    operation_ = make("/operations",
                      R"({"action":"health_check","targets":{"ids":[")" + server_ + R"("]}})");
    f().data.sql(
        "INSERT INTO fleet_events (at, org_id, server_key, server_id, kind, message) SELECT now(), "
        "org_id, server_key, id, 'health_changed', name FROM managed_servers WHERE name = $1",
        {name});
  }

  bool shows_ours(const ApiResponse& response) const {
    const std::string organization = "\"name\":\"default\"";
    for (const std::string& ours :
         {std::string(kNeedle), server_, group_, token_, operation_, organization}) {
      if (response.body.find(ours) != std::string::npos) return true;
    }
    return false;
  }

  void listings_hold_ones_own_only() {
    make_ours();
    for (const Route& route : f().api.routes()) {
      if (route.method != "GET" || route.pattern.find('{') != std::string::npos) continue;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(route.pattern, !kNothingOfOurs.contains(route.pattern),
                                   shows_ours(f().ask("admin", "GET", route.pattern)));
      const auto theirs = f().ask("other", "GET", route.pattern);
      CPPUNIT_ASSERT_MESSAGE(route.pattern + theirs.body, !shows_ours(theirs));
    }
  }

  void names_and_ids_of_another_find_nothing() {
    make_ours();
    const std::string admin =
        ApiFixture::at(f().ask("admin", "GET", std::string(kFleet) + "/me"), "token.id");
    const std::pair<std::string, std::string> filters[] = {
        {"/servers?q=", kNeedle},
        {"/servers?region=", kNeedle},
        {"/servers?environment=", kNeedle},
        {"/servers?tag=", kNeedle},
        {"/servers?group=", kNeedle},
        {"/servers?group=", group_},
        {"/groups?q=", kNeedle},
        {"/events?server=", server_},
        {"/audit?token=", admin},
    };
    for (const auto& [filter, ours] : filters) {
      const std::string target = kFleet + filter;
      CPPUNIT_ASSERT_MESSAGE(target, shows_ours(f().ask("admin", "GET", target + ours)));
      const auto theirs = f().ask("other", "GET", target + ours);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(target + theirs.body, 200, theirs.status);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(
          target, f().ask("other", "GET", target + Uuid::random().to_string()).body, theirs.body);
    }
  }

  void a_cursor_of_another_is_refused() {
    make_ours("one");
    make_ours("two");
    for (const char* const listing : {"/servers", "/groups", "/operations", "/events", "/audit"}) {
      const std::string first = kFleet + std::string(listing) + "?limit=1";
      const std::string cursor = ApiFixture::at(f().ask("admin", "GET", first), "next_cursor");
      CPPUNIT_ASSERT_MESSAGE(first, cursor != "null" && cursor != "-");
      const std::string next = first + "&cursor=" + cursor;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(next, 200, f().ask("admin", "GET", next).status);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(next, 400, f().ask("other", "GET", next).status);
    }
  }

  void a_name_of_another_is_no_obstacle() {
    f().add("same");
    f().add("same", "", "other");
  }

  void platform_tokens_choose_the_organization() {
    f().add("a");
    const std::string path = "/api/v1/fleet/servers?organization=";
    CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                         ApiFixture::items(f().ask("platform", "GET", path + "default")));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                         ApiFixture::items(f().ask("platform", "GET", path + "other")));
    CPPUNIT_ASSERT_EQUAL(400, f().ask("other", "GET", path + "default").status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TenantMatrixTest);
}  // namespace muster
