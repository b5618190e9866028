// The remembered records of servers, on a real database that is changed behind their back.
#include "aggregator/api/server_cache.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class ServerCacheTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerCacheTest);
  CPPUNIT_TEST(remembers_a_server_until_it_is_announced_anew);
  CPPUNIT_TEST(remembers_nothing_that_the_fleet_does_not_have);
  CPPUNIT_TEST(remembers_nothing_across_a_write_that_was_not_announced);
  CPPUNIT_TEST(keeps_organizations_apart);
  CPPUNIT_TEST(is_bounded);
  CPPUNIT_TEST(leaves_out_long_records);
  CPPUNIT_TEST(shows_why_the_state_is_what_it_is_now);
  CPPUNIT_TEST_SUITE_END();

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  Uuid added(const std::string& name, const std::string& more = "") {
    return *Uuid::parse(f().add(name, more));
  }
  OrganizationKey ours() { return test::must(f().organizations.find("default")).key; }
  void move_all(const std::string& region) {
    f().data.sql("UPDATE managed_servers SET region = $1", {region});
  }
  std::string region(ServerCache& cache, const Uuid& id) {
    return test::must(cache.find(ours(), id))->region;
  }

  void remembers_a_server_until_it_is_announced_anew() {
    ServerCache cache(f().servers, f().live);
    const Uuid id = added("a", R"(,"region":"one")");
    CPPUNIT_ASSERT_EQUAL(std::string("one"), region(cache, id));
    move_all("two");
    CPPUNIT_ASSERT_EQUAL(std::string("one"), region(cache, id));
    f().fleet.upsert(std::make_shared<const Server>(test::must(f().servers.load(ours(), id))));
    CPPUNIT_ASSERT_EQUAL(std::string("two"), region(cache, id));
    const std::string path = ApiFixture::path_of(id.to_string());
    CPPUNIT_ASSERT_EQUAL(200, f().ask("admin", "PATCH", path, R"({"region":"three"})").status);
    CPPUNIT_ASSERT_EQUAL(std::string("three"), region(cache, id));
    CPPUNIT_ASSERT_EQUAL(204, f().ask("admin", "DELETE", path).status);
    CPPUNIT_ASSERT(cache.find(ours(), id).error().code == ErrorCode::kNotFound);
  }

  void remembers_nothing_that_the_fleet_does_not_have() {
    ServerCache cache(f().servers, f().live);
    const Uuid id = added("a", R"(,"region":"one")");
    f().live.remove(f().fleet.upserted.back());
    CPPUNIT_ASSERT_EQUAL(std::string("one"), region(cache, id));
    move_all("two");
    CPPUNIT_ASSERT_EQUAL(std::string("two"), region(cache, id));
  }

  void remembers_nothing_across_a_write_that_was_not_announced() {
    ServerCache cache(f().servers, f().live);
    const Uuid id = added("a", R"(,"region":"one")");
    CPPUNIT_ASSERT_EQUAL(std::string("one"), region(cache, id));
    ServerPatch patch;
    patch.region = "two";
    test::must(f().servers.update(ours(), id, patch));
    cache.forget(id);
    CPPUNIT_ASSERT_EQUAL(std::string("two"), region(cache, id));
    move_all("three");  // the fleet has version 1, the record is version 2
    CPPUNIT_ASSERT_EQUAL(std::string("three"), region(cache, id));
  }

  void keeps_organizations_apart() {
    ServerCache cache(f().servers, f().live);
    const Uuid id = added("a");
    test::must(cache.find(ours(), id));
    const OrganizationKey theirs = test::must(f().organizations.find("other")).key;
    CPPUNIT_ASSERT(cache.find(theirs, id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT_EQUAL(200, f().get(ApiFixture::path_of(id.to_string())).status);
    CPPUNIT_ASSERT_EQUAL(404, f().ask("other", "GET", ApiFixture::path_of(id.to_string())).status);
  }

  void is_bounded() {
    ServerCache cache(f().servers, f().live, 16);  // one a shard
    std::vector<Uuid> ids;
    for (int i = 0; i < 40; ++i) ids.push_back(added("n" + std::to_string(i)));
    for (const Uuid& id : ids) CPPUNIT_ASSERT_EQUAL(std::string(), region(cache, id));
    move_all("moved");
    const auto old =
        std::ranges::count_if(ids, [&](const Uuid& id) { return region(cache, id) != "moved"; });
    CPPUNIT_ASSERT(old > 0);
    CPPUNIT_ASSERT(old <= 16);
  }

  void leaves_out_long_records() {
    ServerCache cache(f().servers, f().live);
    const Uuid id = added("a", R"(,"metadata":{"x":")" + std::string(9'000, 'x') + "\"}");
    CPPUNIT_ASSERT_EQUAL(std::string(), region(cache, id));
    move_all("two");
    CPPUNIT_ASSERT_EQUAL(std::string("two"), region(cache, id));
  }

  // The state went and came back after the record was read; only the reason is another.
  void shows_why_the_state_is_what_it_is_now() {
    const std::string path = ApiFixture::path_of(f().add("a"));
    const ServerPointer server = f().fleet.upserted.back();
    CPPUNIT_ASSERT_EQUAL(200, f().get(path).status);
    CheckResult result = ApiFixture::result(server, CheckStatus::kCritical);
    result.reason = FailureReason::kRefused;
    result.words = say("connection refused");
    HealthChange change{HealthState::kUnknown, HealthState::kUnreachable, result.reason,
                        result.message(),      test::TestDatabase::kNow,  1};
    f().live.on_result(result, {HealthState::kUnreachable, test::TestDatabase::kNow, change});
    f().live.on_result(ApiFixture::result(server, CheckStatus::kOk),
                       {HealthState::kUnreachable, test::TestDatabase::kNow, {}});
    const auto shown = f().get(path);
    CPPUNIT_ASSERT_EQUAL(std::string("unreachable"), ApiFixture::at(shown, "health_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("connection refused"),
                         ApiFixture::at(shown, "health_message"));
    CPPUNIT_ASSERT_EQUAL(std::string(to_string(FailureReason::kRefused)),
                         ApiFixture::at(shown, "health_reason"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerCacheTest);
}  // namespace muster
