// What the fleet hears of changes while the database does not give the servers back.
#include "aggregator/api/fleet_announcer.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;

class FleetAnnouncerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FleetAnnouncerTest);
  CPPUNIT_TEST(what_failed_is_announced_later);
  CPPUNIT_TEST(too_many_become_everything_of_the_organization);
  CPPUNIT_TEST(a_group_is_in_force_in_the_end);
  CPPUNIT_TEST_SUITE_END();

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  OrganizationKey ours() { return test::must(f().organizations.find("default")).key; }
  Uuid added(const std::string& name) { return *Uuid::parse(f().add(name)); }

  std::multiset<std::string> names_announced() {
    std::multiset<std::string> names;
    for (const ServerPointer& server : f().fleet.upserted) names.insert(server->name);
    return names;
  }

  // Then writes succeed, but no server can be read back.
  void hide_servers() {
    f().data.sql("ALTER TABLE managed_servers RENAME previous_token_sealed TO hidden");
  }
  void show_servers() {
    f().data.sql("ALTER TABLE managed_servers RENAME hidden TO previous_token_sealed");
  }

  void what_failed_is_announced_later() {
    const Uuid a = added("a"), b = added("b");
    f().fleet.upserted.clear();
    hide_servers();
    CPPUNIT_ASSERT(!f().announcer.changed(ours(), a));
    CPPUNIT_ASSERT(!f().announcer.changed(ours(), {a, b}));
    f().announcer.catch_up();
    CPPUNIT_ASSERT(f().fleet.upserted.empty());
    show_servers();
    f().announcer.catch_up();
    CPPUNIT_ASSERT(names_announced() == (std::multiset<std::string>{"a", "b"}));
    f().announcer.catch_up();
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f().fleet.upserted.size());
  }

  void too_many_become_everything_of_the_organization() {
    const Uuid a = added("a"), b = added("b");
    added("c");
    f().add("stranger", "", "other");
    f().fleet.upserted.clear();
    FleetAnnouncer announcer(f().servers, f().fleet, 1);
    hide_servers();
    CPPUNIT_ASSERT(!announcer.changed(ours(), {a, b}));
    announcer.catch_up();
    show_servers();
    announcer.catch_up();
    CPPUNIT_ASSERT(names_announced() == (std::multiset<std::string>{"a", "b", "c"}));
  }

  void a_group_is_in_force_in_the_end() {
    const std::string id = added("a").to_string();
    const std::string server = ApiFixture::path_of(id);
    f().get(server);  // remembered, with no group
    hide_servers();
    const auto made = f().ask("admin", "POST", "/api/v1/fleet/groups", R"({"name":"all"})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    const auto put = f().ask(
        "admin", "POST", "/api/v1/fleet/groups/members",
        R"({"group_id":")" + ApiFixture::at(made, "id") + R"(","server_ids":[")" + id + "\"]}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(put.body, 200, put.status);
    show_servers();
    CPPUNIT_ASSERT(f().fleet.upserted.back()->groups.empty());
    f().announcer.catch_up();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f().fleet.upserted.back()->groups.size());
    CPPUNIT_ASSERT_EQUAL(std::string("all"), ApiFixture::at(f().get(server), "groups[0]"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FleetAnnouncerTest);
}  // namespace muster
