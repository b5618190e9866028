// Every route, from the table itself, asked by everybody for everything: who may not is refused,
// and what belongs to another organization reads exactly like what is not there. A route that this
// test knows no row for fails it.
#include <map>

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

namespace {

// How to ask a route, and what it answers a caller who may and names what is there.
struct Row {
  int status = 200;
  std::string object;  // what its {id} is: "server", "token" ...; empty: there is none
  std::string body;
  std::string type = "application/json";
};

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> kRows{
      {"GET /servers", {}},
      {"POST /servers", {201, "", R"({"name":"new","api_url":"http://new.example"})"}},
      {"POST /servers/import",
       {200, "", "{\"name\":\"new\",\"hostname\":\"new.example\"}\n", "application/x-ndjson"}},
      {"GET /servers/{id}", {200, "server"}},
      {"PATCH /servers/{id}", {200, "server", R"({"region":"eu"})"}},
      {"DELETE /servers/{id}", {204, "server"}},
      {"POST /servers/{id}/rotate-token", {200, "server"}},
      {"POST /servers/{id}/health-check", {200, "server"}},
      {"GET /servers/{id}/explain", {200, "server"}},
      {"GET /servers/{id}/health-history", {200, "server"}},
      {"GET /servers/{id}/metrics", {200, "server"}},
      {"GET /servers/{id}/availability", {200, "server"}},
      {"GET /groups", {}},
      {"POST /groups", {201, "", R"({"name":"new"})"}},
      {"GET /groups/{id}", {200, "group"}},
      {"PATCH /groups/{id}", {200, "group", R"({"description":"x"})"}},
      {"DELETE /groups/{id}", {204, "group"}},
      {"GET /groups/{id}/servers", {200, "group"}},
      {"DELETE /groups/{id}/servers/{server_id}", {204, "member"}},
      {"POST /groups/members", {200, "", R"({"group_id":"GROUP","server_ids":["SERVER"]})"}},
      {"DELETE /groups/members", {200, "", R"({"group_id":"GROUP","server_ids":["SERVER"]})"}},
      {"POST /servers/{id}/metrics/collect", {200, "server"}},
      {"POST /health-check/all", {202}},
      {"GET /operations", {}},
      {"POST /operations", {202, "", R"({"action":"health_check","targets":{"all":true}})"}},
      {"GET /operations/{id}", {200, "operation"}},
      {"GET /operations/{id}/targets", {200, "operation"}},
      {"POST /operations/{id}/cancel", {202, "operation"}},
      {"GET /summary", {}},
      {"GET /overview", {}},
      {"GET /events", {}},
      {"GET /events/stream", {}},
      {"GET /me", {}},
      {"POST /session", {201, "", R"({"token":")" + ApiFixture::secret("viewer") + R"("})"}},
      {"DELETE /session", {204}},
      {"GET /tokens", {}},
      {"POST /tokens", {201, "", R"({"name":"x","role":"viewer"})"}},
      {"GET /tokens/{id}", {200, "token"}},
      {"DELETE /tokens/{id}", {204, "token"}},
      {"GET /audit", {}},
      {"GET /organizations", {}},
      {"POST /organizations", {201, "", R"({"name":"new"})"}},
      {"GET /organizations/{id}", {200, "organization"}},
      {"PATCH /organizations/{id}", {200, "organization", R"({"quotas":{"servers":9}})"}},
      {"GET /partitions", {}},
      {"GET /plugins", {}},
      {"DELETE /plugins/{name}/quarantine", {204, "plugin"}},
      {"GET /metrics", {}},
      {"GET /openapi.json", {}},
      {"GET /docs", {}},
      {"GET /-/healthy", {}},
      {"GET /-/ready", {}},
  };
  return kRows;
}

std::string short_name(const Route& route) {
  static const std::string kFleet = "/api/v1/fleet";
  const bool fleet = route.pattern.starts_with(kFleet);
  return route.method + " " + (fleet ? route.pattern.substr(kFleet.size()) : route.pattern);
}

// From the one who may least to the one who may most.
Role role_needed(Access access) {
  return access == Access::kPlatform   ? Role::kPlatform
         : access == Access::kAdmin    ? Role::kAdmin
         : access == Access::kOperator ? Role::kOperator
                                       : Role::kViewer;
}

}  // namespace

class AccessMatrixTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccessMatrixTest);
  CPPUNIT_TEST(every_route_has_a_row);
  CPPUNIT_TEST(strangers_are_not_let_in);
  CPPUNIT_TEST(lower_roles_are_refused_whatever_they_ask_for);
  CPPUNIT_TEST(who_may_gets_what_is_there);
  CPPUNIT_TEST(what_is_anothers_reads_like_what_is_missing);
  CPPUNIT_TEST_SUITE_END();

  ApiFixture f_;
  int made_ = 0;

 public:
  void setUp() override { f_.plugins = {PluginStatus{"http_health"}}; }

 private:
  // A fresh one, as what is asked for may be gone after.
  std::string make(const std::string& object, const std::string& owner) {
    const std::string name = "made-" + std::to_string(++made_);
    if (object == "server") return f_.add(name, "", owner);
    if (object == "token") {
      const auto token =
          f_.ask(owner, "POST", "/api/v1/fleet/tokens", R"({"name":"t","role":"viewer"})");
      return f_.at(token, "id");
    }
    if (object == "group") {
      return f_.at(f_.ask(owner, "POST", "/api/v1/fleet/groups", R"({"name":")" + name + R"("})"),
                   "id");
    }
    if (object == "member") {
      const std::string group = make("group", owner), server = f_.add(name, "", owner);
      f_.ask(owner, "POST", "/api/v1/fleet/groups/members",
             R"({"group_id":")" + group + R"(","server_ids":[")" + server + R"("]})");
      return group + "/servers/" + server;
    }
    if (object == "operation") {
      f_.add(name, "", owner);
      const auto operation = f_.ask(owner, "POST", "/api/v1/fleet/operations",
                                    R"({"action":"health_check","targets":{"all":true}})");
      return f_.at(operation, "id");
    }
    if (object == "organization") {
      return f_.at(f_.ask("platform", "POST", "/api/v1/fleet/organizations",
                          R"({"name":")" + name + R"("})"),
                   "id");
    }
    CPPUNIT_ASSERT_EQUAL(std::string("plugin"), object);
    return "http_health";
  }

  static std::string path_of(const Route& route, const std::string& id) {
    const std::size_t begin = route.pattern.find('{');
    if (begin == std::string::npos) return route.pattern;
    const bool of_a_group = route.pattern.find("{server_id}") != std::string::npos;
    if (of_a_group && id.find('/') == std::string::npos) {
      return path_of(route, id + "/servers/" + Uuid::random().to_string());
    }
    const std::size_t end = route.pattern.rfind('}');
    return route.pattern.substr(0, begin) + id + route.pattern.substr(end + 1);
  }

  ApiResponse ask(const Route& route, const std::string& caller, const std::string& id) {
    const Row& row = rows().at(short_name(route));
    std::map<std::string, std::string> headers;
    if (!row.body.empty()) headers["content-type"] = row.type;
    std::string body = row.body;
    for (const char* object : {"GROUP", "SERVER"}) {
      const std::size_t place = body.find(object);
      if (place == std::string::npos) continue;
      const std::string kind = object == std::string("GROUP") ? "group" : "server";
      body.replace(place, kind.size(), make(kind, "admin"));
    }
    return f_.ask(caller, route.method, path_of(route, id), body, headers);
  }

  static std::string where(const Route& route, const std::string& caller) {
    return short_name(route) + " as " + caller;
  }

  void every_route_has_a_row() {
    std::size_t count = 0;
    for (const Route& route : f_.api.routes()) {
      CPPUNIT_ASSERT_MESSAGE("no row for " + short_name(route), rows().contains(short_name(route)));
      const bool named = route.pattern.find('{') != std::string::npos;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(short_name(route), named,
                                   !rows().at(short_name(route)).object.empty());
      ++count;
    }
    CPPUNIT_ASSERT_EQUAL_MESSAGE("a row without a route", rows().size(), count);
  }

  void strangers_are_not_let_in() {
    for (const Route& route : f_.api.routes()) {
      const int expected =
          route.access == Access::kAnyone ? rows().at(short_name(route)).status : 401;
      for (const char* caller : {"", "expired", "revoked", "never-made"}) {
        for (const std::string& id : {std::string("malformed"), Uuid::random().to_string()}) {
          CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, caller), expected,
                                       ask(route, caller, id).status);
        }
      }
    }
  }

  void lower_roles_are_refused_whatever_they_ask_for() {
    const std::pair<const char*, Role> callers[] = {
        {"viewer", Role::kViewer}, {"operator", Role::kOperator}, {"admin", Role::kAdmin}};
    for (const Route& route : f_.api.routes()) {
      const Row& row = rows().at(short_name(route));
      const std::string own = row.object.empty() ? "" : make(row.object, "admin");
      for (const auto& [caller, role] : callers) {
        if (route.access == Access::kAnyone || role >= role_needed(route.access)) continue;
        for (const std::string& id : {own, Uuid::random().to_string(), std::string("malformed")}) {
          CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, caller), 403, ask(route, caller, id).status);
        }
      }
    }
  }

  void who_may_gets_what_is_there() {
    for (const Route& route : f_.api.routes()) {
      const Row& row = rows().at(short_name(route));
      const std::string caller = route.access == Access::kPlatform ? "platform" : "admin";
      const auto answer = ask(route, caller, row.object.empty() ? "" : make(row.object, caller));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, caller) + ": " + answer.body, row.status,
                                   answer.status);
    }
  }

  void what_is_anothers_reads_like_what_is_missing() {
    for (const Route& route : f_.api.routes()) {
      const Row& row = rows().at(short_name(route));
      if (row.object.empty()) continue;
      const bool platform = route.access == Access::kPlatform;
      const std::string caller = platform ? "platform" : "admin";
      const auto missing = ask(route, caller, Uuid::random().to_string());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, caller), 404, missing.status);
      CPPUNIT_ASSERT_EQUAL(missing.body, ask(route, caller, "malformed").body);
      if (platform) continue;
      const std::string theirs = make(row.object, "other");
      const auto refused = ask(route, caller, theirs);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, caller), 404, refused.status);
      CPPUNIT_ASSERT_EQUAL(missing.body, refused.body);
      const std::string ours = make(row.object, "admin");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, "other"), missing.body,
                                   ask(route, "other", ours).body);
      // It is still there for its owner: the refused requests did nothing.
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where(route, "its owner"), row.status,
                                   ask(route, "other", theirs).status);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccessMatrixTest);
}  // namespace muster
