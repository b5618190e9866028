// /groups, /groups/{id} and /groups/members on a real database.
#include "aggregator/api/group_handlers.h"

#include <atomic>
#include <thread>

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class GroupHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(GroupHandlersTest);
  CPPUNIT_TEST(makes_and_shows_a_group);
  CPPUNIT_TEST(tells_all_mistakes_at_once);
  CPPUNIT_TEST(a_filter_asks_for_something);
  CPPUNIT_TEST(refuses_a_taken_name);
  CPPUNIT_TEST(members_follow_the_servers);
  CPPUNIT_TEST(members_follow_the_filter);
  CPPUNIT_TEST(honours_if_match);
  CPPUNIT_TEST(without_if_match_there_is_no_412);
  CPPUNIT_TEST(puts_servers_in_and_takes_them_out);
  CPPUNIT_TEST(unknown_ids_are_named_and_change_nothing);
  CPPUNIT_TEST(a_removed_group_leaves_its_servers);
  CPPUNIT_TEST(pages_by_name);
  CPPUNIT_TEST_SUITE_END();

  const std::string kGroups = "/api/v1/fleet/groups";
  const std::string kMembers = kGroups + "/members";

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  ApiResponse post(const std::string& body) { return f().ask("admin", "POST", kGroups, body); }

  std::string make(const std::string& name, const std::string& more = "") {
    const auto made = post(R"({"name":")" + name + "\"" + more + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    return at(made, "id");
  }

  std::string path_of(const std::string& group) const { return kGroups + "/" + group; }

  ApiResponse patch(const std::string& path, const std::string& body,
                    const std::map<std::string, std::string>& headers = {}) {
    return f().ask("admin", "PATCH", path, body, headers);
  }

  std::size_t servers_in(const std::string& group) {
    return ApiFixture::items(f().get(path_of(group) + "/servers"));
  }

  static std::string members(const std::string& group, const std::string& first,
                             const std::string& second) {
    return R"({"group_id":")" + group + R"(","server_ids":[")" + first + R"(",")" + second +
           R"("]})";
  }

  void makes_and_shows_a_group() {
    const auto made = post(
        R"({"name":"web","description":"the shop","filter":{"tags":["web"],"regions":["eu","us"]}})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    const std::string path = path_of(at(made, "id"));
    CPPUNIT_ASSERT_EQUAL(path, *made.header("Location"));
    CPPUNIT_ASSERT_EQUAL(std::string("us"), at(made, "filter.regions[1]"));
    const auto shown = f().get(path);
    CPPUNIT_ASSERT_EQUAL(made.body, shown.body);
    CPPUNIT_ASSERT_EQUAL(*made.header("ETag"), *shown.header("ETag"));
    const auto again =
        f().ask("viewer", "GET", path, "", {{"if-none-match", *shown.header("ETag")}});
    CPPUNIT_ASSERT_EQUAL(304, again.status);
    CPPUNIT_ASSERT_EQUAL(std::string("0"), at(f().get(kGroups), "items[0].servers"));
  }

  void tells_all_mistakes_at_once() {
    const auto refused = post(R"({"filter":{"tags":"x","colour":1},"description":7,"x":1})");
    CPPUNIT_ASSERT_EQUAL(422, refused.status);
    for (const char* const place :
         {"/name", "/description", "/filter/tags", "/filter/colour", "/x"}) {
      const std::string pointer = std::string("\"") + place + "\"";
      CPPUNIT_ASSERT_MESSAGE(pointer + refused.body,
                             refused.body.find(pointer) != std::string::npos);
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, ApiFixture::items(f().get(kGroups)));
  }

  void a_filter_asks_for_something() {
    for (const char* const filter : {"{}", R"({"tags":[]})"}) {
      const auto refused = post(std::string(R"({"name":"g","filter":)") + filter + "}");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(filter, 422, refused.status);
      CPPUNIT_ASSERT_EQUAL(std::string("/filter"), at(refused, "errors[0].pointer"));
    }
  }

  void refuses_a_taken_name() {
    make("web");
    const std::string db = make("db");
    CPPUNIT_ASSERT_EQUAL(409, post(R"({"name":"web"})").status);
    CPPUNIT_ASSERT_EQUAL(409, patch(path_of(db), R"({"name":"web"})").status);
    CPPUNIT_ASSERT_EQUAL(201, f().ask("other", "POST", kGroups, R"({"name":"web"})").status);
  }

  void members_follow_the_servers() {
    const std::string group = make("web", R"(,"filter":{"tags":["web"]})");
    const std::string server = f().add("a", R"(,"tags":["web","big"])");
    f().add("b");
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, servers_in(group));
    CPPUNIT_ASSERT_EQUAL(std::string("web"), at(f().get(ApiFixture::path_of(server)), "groups[0]"));
    patch(ApiFixture::path_of(server), R"({"tags":["big"]})");
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, servers_in(group));
    CPPUNIT_ASSERT(f().fleet.upserted.back()->groups.empty());
  }

  void members_follow_the_filter() {
    f().add("a", R"(,"region":"eu")");
    const std::string group = make("g", R"(,"filter":{"regions":["us"]})");
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, servers_in(group));
    CPPUNIT_ASSERT_EQUAL(200, patch(path_of(group), R"({"filter":{"regions":["eu"]}})").status);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, servers_in(group));
    CPPUNIT_ASSERT_EQUAL(std::string("g"), f().fleet.upserted.back()->groups.at(0));
    CPPUNIT_ASSERT_EQUAL(std::string("null"),
                         at(patch(path_of(group), R"({"filter":null})"), "filter"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, servers_in(group));
  }

  void honours_if_match() {
    const std::string path = path_of(make("g"));
    const std::string tag = *f().get(path).header("ETag");
    CPPUNIT_ASSERT_EQUAL(200, patch(path, R"({"description":"x"})", {{"if-match", tag}}).status);
    CPPUNIT_ASSERT_EQUAL(412, patch(path, R"({"description":"y"})", {{"if-match", tag}}).status);
    CPPUNIT_ASSERT_EQUAL(412, f().ask("admin", "DELETE", path, "", {{"if-match", tag}}).status);
    CPPUNIT_ASSERT_EQUAL(std::string("x"), at(f().get(path), "description"));
  }

  // Somebody is quicker each time; who named no version is not told of versions.
  void without_if_match_there_is_no_412() {
    const std::string path = path_of(make("g"));
    std::atomic<int> written{0}, refused{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&] {
        for (int n = 0; n < 15; ++n) {
          const int status = patch(path, R"({"description":")" + std::to_string(n) + "\"}").status;
          if (status == 200) ++written;
          if (status == 412) ++refused;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    CPPUNIT_ASSERT_EQUAL(0, refused.load());
    CPPUNIT_ASSERT(written > 30);
    CPPUNIT_ASSERT_EQUAL(std::to_string(written + 1), at(f().get(path), "version"));
  }

  void puts_servers_in_and_takes_them_out() {
    const std::string a = f().add("a"), b = f().add("b", R"(,"region":"eu")");
    const std::string group = make("g", R"(,"filter":{"regions":["eu"]})");
    const std::string both = members(group, a, b);
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(f().ask("admin", "POST", kMembers, both), "added"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"),
                         at(f().ask("admin", "POST", kMembers, both), "unchanged"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, servers_in(group));
    const std::string one = path_of(group) + "/servers/" + a;
    CPPUNIT_ASSERT_EQUAL(204, f().ask("admin", "DELETE", one).status);
    CPPUNIT_ASSERT_EQUAL(404, f().ask("admin", "DELETE", one).status);
    const auto taken = f().ask("admin", "DELETE", kMembers, both);
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(taken, "removed"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(taken, "kept_by_filter"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, servers_in(group));
  }

  void unknown_ids_are_named_and_change_nothing() {
    const std::string a = f().add("a"), stranger = f().add("b", "", "other");
    const std::string group = make("g");
    const auto refused = f().ask("admin", "POST", kMembers, members(group, a, stranger));
    CPPUNIT_ASSERT_EQUAL(422, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("/server_ids/1"), at(refused, "errors[0].pointer"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, servers_in(group));
    const auto nowhere = f().ask("other", "POST", kMembers, members(group, stranger, stranger));
    CPPUNIT_ASSERT_EQUAL(422, nowhere.status);
    CPPUNIT_ASSERT_EQUAL(std::string("/group_id"), at(nowhere, "errors[0].pointer"));
  }

  void a_removed_group_leaves_its_servers() {
    const std::string server = f().add("a", R"(,"region":"eu")");
    const std::string group = make("g", R"(,"filter":{"regions":["eu"]})");
    CPPUNIT_ASSERT_EQUAL(204, f().ask("admin", "DELETE", path_of(group)).status);
    CPPUNIT_ASSERT_EQUAL(404, f().get(path_of(group)).status);
    CPPUNIT_ASSERT_EQUAL(404, f().get(path_of(group) + "/servers").status);
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(f().get(ApiFixture::path_of(server)), "groups[0]"));
    CPPUNIT_ASSERT(f().fleet.upserted.back()->groups.empty());
  }

  void pages_by_name() {
    for (const char* const name : {"c", "a", "b", "x"}) make(name, R"(,"description":"d")");
    const auto first = f().get(kGroups + "?limit=2");
    CPPUNIT_ASSERT_EQUAL(std::string("b"), at(first, "items[1].name"));
    const auto second = f().get(kGroups + "?limit=2&cursor=" + at(first, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::string("c"), at(second, "items[0].name"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(second, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ApiFixture::items(f().get(kGroups + "?q=X")));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GroupHandlersTest);
}  // namespace muster
