#include "aggregator/api/fleet_pages.h"

#include "aggregator/api/content_coding.h"
#include "common/net/inflate.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class FleetPagesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FleetPagesTest);
  CPPUNIT_TEST(the_overview_holds_every_server_as_columns);
  CPPUNIT_TEST(a_page_is_made_once_per_change);
  CPPUNIT_TEST(ten_thousand_servers_are_few_bytes);
  CPPUNIT_TEST(its_rows_are_found_by_their_keys);
  CPPUNIT_TEST(a_reader_that_has_the_page_is_told_so);
  CPPUNIT_TEST(gzip_holds_the_same);
  CPPUNIT_TEST_SUITE_END();

  static ServerPointer server(int key, OrganizationKey organization = 1) {
    Server made;
    made.key = key;
    made.organization = organization;
    made.version = 1;
    char name[32];
    std::snprintf(name, sizeof name, "node-%05d.fleet.example", key);
    made.name = name;
    made.region = "region-" + std::to_string(key * 7919 % 5);
    made.environment = key % 11 == 0 ? "staging" : "production";
    made.known_state = key % 97 == 0 ? HealthState::kCritical : HealthState::kHealthy;
    return std::make_shared<const Server>(made);
  }

  test::FakeClock clock_;
  LiveTable live_;

  void the_overview_holds_every_server_as_columns() {
    for (const int key : {3, 97}) live_.upsert(server(key));
    live_.upsert(server(5, 2));
    const auto page = FleetPages(live_, clock_).of(1);
    for (const char* part :
         {R"("health":"hc")", R"("status":"aa")", R"("key_steps":[3,94])",
          R"("name":["node-00003.fleet.example","node-00097.fleet.example"])",
          R"("regions":["region-2","region-3"],"region":[0,1])", R"("servers":2)"}) {
      CPPUNIT_ASSERT_MESSAGE(part + (" is not in " + page->overview),
                             page->overview.find(part) != std::string::npos);
    }
  }

  void a_page_is_made_once_per_change() {
    live_.upsert(server(1));
    FleetPages pages(live_, clock_);
    const auto first = pages.of(1);
    CPPUNIT_ASSERT(pages.of(1) == first);
    live_.upsert(server(2));
    const auto second = pages.of(1);
    CPPUNIT_ASSERT(second != first && second->tag != first->tag);
    const auto check = ApiFixture::result(server(2), CheckStatus::kOk);
    live_.on_result(check, Verdict{HealthState::kHealthy});
    CPPUNIT_ASSERT_MESSAGE("nothing changed", pages.of(1) == second);
    live_.on_result(check, Verdict{HealthState::kCritical});
    CPPUNIT_ASSERT(pages.of(1) != second);
  }

  void ten_thousand_servers_are_few_bytes() {
    for (int key = 1; key <= 10'000; ++key) live_.upsert(server(key));
    const auto page = FleetPages(live_, clock_).of(1);
    CPPUNIT_ASSERT_MESSAGE(std::to_string(page->overview_gzip.size()),
                           page->overview_gzip.size() <= 40'000);
  }

  void its_rows_are_found_by_their_keys() {
    ApiFixture f;
    f.add("a");
    const std::string id = f.add("b");
    const auto overview = f.get("/api/v1/fleet/overview");
    const auto step = [&](const char* place) { return std::stoi(ApiFixture::at(overview, place)); };
    const std::string key = std::to_string(step("key_steps[0]") + step("key_steps[1]"));
    CPPUNIT_ASSERT_EQUAL(key, ApiFixture::at(f.get(ApiFixture::path_of(id)), "key"));
    f.data.sql(
        "INSERT INTO fleet_events (org_id, at, kind, server_key, server_id, reason, message) "
        "SELECT org_id, now(), 'health_changed', server_key, id, 0, '' FROM managed_servers "
        "WHERE id = $1::uuid",
        {id});
    CPPUNIT_ASSERT_EQUAL(key, ApiFixture::at(f.get("/api/v1/fleet/events"), "items[0].server.key"));
  }

  void a_reader_that_has_the_page_is_told_so() {
    ApiFixture f;
    f.add("a");
    for (const char* path : {"/api/v1/fleet/overview", "/api/v1/fleet/summary"}) {
      const std::string tag = *f.get(path).header("ETag");
      CPPUNIT_ASSERT_EQUAL(304, f.ask("viewer", "GET", path, "", {{"if-none-match", tag}}).status);
    }
  }

  void gzip_holds_the_same() {
    ApiFixture f;
    f.add("a");
    const auto plain = f.get("/api/v1/fleet/overview");
    const auto coded =
        f.ask("viewer", "GET", "/api/v1/fleet/overview", "", {{"accept-encoding", "br, gzip"}});
    CPPUNIT_ASSERT_EQUAL(std::string("gzip"), *coded.header("Content-Encoding"));
    std::string decoded;
    CPPUNIT_ASSERT(inflate_body(coded.body, 1 << 20, decoded) == FailureReason::kNone);
    CPPUNIT_ASSERT_EQUAL(plain.body, decoded);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FleetPagesTest);
}  // namespace muster
