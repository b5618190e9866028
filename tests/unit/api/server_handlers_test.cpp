// /servers and /servers/{id} on a real database.
#include "aggregator/api/server_handlers.h"

#include <atomic>
#include <thread>

#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;

class ServerHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerHandlersTest);
  CPPUNIT_TEST(registers_a_server_and_checks_it);
  CPPUNIT_TEST(registers_a_server_though_the_check_fails);
  CPPUNIT_TEST(takes_the_worst_result_for_the_check);
  CPPUNIT_TEST(never_shows_a_token);
  CPPUNIT_TEST(refuses_a_taken_name);
  CPPUNIT_TEST(reports_all_mistakes_of_a_body);
  CPPUNIT_TEST(shows_a_server_with_its_entity_tag);
  CPPUNIT_TEST(a_change_of_health_is_another_tag);
  CPPUNIT_TEST(lays_the_live_health_over_the_database);
  CPPUNIT_TEST(patches_what_is_given);
  CPPUNIT_TEST(lets_the_hostname_follow_the_url);
  CPPUNIT_TEST(honours_if_match);
  CPPUNIT_TEST(loses_no_update_that_names_a_version);
  CPPUNIT_TEST(removes_a_server);
  CPPUNIT_TEST(announces_the_newest_version_last);
  CPPUNIT_TEST(pages_through_a_list);
  CPPUNIT_TEST(filters_a_list);
  CPPUNIT_TEST(keeps_organizations_apart);
  CPPUNIT_TEST(lets_a_platform_token_choose_its_organization);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }
  static std::string path_of(const std::string& id) { return ApiFixture::path_of(id); }

  ApiResponse patch(const std::string& id, const std::string& body,
                    std::map<std::string, std::string> headers = {}) {
    headers["content-type"] = "application/merge-patch+json";
    return f().ask("admin", "PATCH", path_of(id), body, std::move(headers));
  }

  void registers_a_server_and_checks_it() {
    f().checks.script = [&](ServerKey) {
      CheckResult result = ApiFixture::result(f().fleet.upserted.back(), CheckStatus::kWarning);
      result.http_status = 200;
      result.words = say("queue is long", {{"queue", CheckStatus::kWarning, "long"}});
      result.phases.connect = 1'250us;
      f().live.on_result(result, {HealthState::kDegraded, test::TestDatabase::kNow, {}});
      return std::vector{result};
    };
    const auto made = f().post(
        R"({"name":"db-1","api_url":"https://db-1.example:8471/","api_token":"s3cret","region":"eu",
            "environment":"prod","tags":["db","big"],"metadata":{"rack":[7]}})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    CPPUNIT_ASSERT_EQUAL(path_of(at(made, "id")), *made.header("Location"));
    CPPUNIT_ASSERT(made.header("ETag")->starts_with("\"1-"));
    CPPUNIT_ASSERT_EQUAL(std::string("https://db-1.example:8471"), at(made, "api_url"));
    CPPUNIT_ASSERT_EQUAL(std::string("db-1.example"), at(made, "hostname"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(made, "api_token_set"));
    CPPUNIT_ASSERT_EQUAL(std::string("big"), at(made, "tags[1]"));
    CPPUNIT_ASSERT_EQUAL(std::string("7"), at(made, "metadata.rack[0]"));
    CPPUNIT_ASSERT_EQUAL(std::string("degraded"), at(made, "health_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("queue is long"), at(made, "health_message"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.000Z"), at(made, "last_seen_at"));
    CPPUNIT_ASSERT_EQUAL(std::string("warning"), at(made, "check.status"));
    CPPUNIT_ASSERT_EQUAL(std::string("200"), at(made, "check.http_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("12.5"), at(made, "check.duration_ms"));
    CPPUNIT_ASSERT_EQUAL(std::string("1.25"), at(made, "check.phases_ms.connect"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(made, "check.phases_ms.dns"));
    CPPUNIT_ASSERT_EQUAL(std::string("queue"), at(made, "check.components[0].name"));
    CPPUNIT_ASSERT_EQUAL(std::string("s3cret"), f().fleet.upserted.at(0)->api_token.reveal());
  }

  void registers_a_server_though_the_check_fails() {
    const std::pair<Result<std::vector<CheckResult>>, const char*> cases[] = {
        {std::vector<CheckResult>{}, "no probe selects this server"},
        {fail(ErrorCode::kTimeout, "x"), "no result came within 6 seconds; the checks go on"},
        {fail(ErrorCode::kNotFound, "x"), "the server is not monitored, or not yet"},
        {fail(ErrorCode::kUnavailable, "x"),
         "too many requests wait for checks already; the checks go on"},
        {fail(ErrorCode::kInternal, "x"), "the check could not be started; the checks go on"}};
    int number = 0;
    for (const auto& [outcome, note] : cases) {
      f().checks.script = [&](ServerKey) { return outcome; };
      const auto made =
          f().post(R"({"name":"n)" + std::to_string(++number) + R"(","hostname":"10.0.0.1"})");
      CPPUNIT_ASSERT_EQUAL(201, made.status);
      CPPUNIT_ASSERT_EQUAL(std::string("null"), at(made, "check"));
      CPPUNIT_ASSERT_EQUAL(std::string(note), at(made, "check_note"));
      CPPUNIT_ASSERT_EQUAL(std::string("unknown"), at(made, "health_status"));
      CPPUNIT_ASSERT_EQUAL(std::string("null"), at(made, "health_since"));
    }
  }

  void takes_the_worst_result_for_the_check() {
    f().checks.script = [&](ServerKey) {
      const ServerPointer server = f().fleet.upserted.back();
      return std::vector{ApiFixture::result(server, CheckStatus::kUnknown),
                         ApiFixture::result(server, CheckStatus::kCritical),
                         ApiFixture::result(server, CheckStatus::kOk)};
    };
    const auto made = f().post(R"({"name":"a","hostname":"a"})");
    CPPUNIT_ASSERT_EQUAL(std::string("critical"), at(made, "check.status"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(made, "check.http_status"));
  }

  void never_shows_a_token() {
    const std::string id = f().add("a", R"(,"api_token":"hunter2")");
    for (const std::string& body :
         {f().get(path_of(id)).body, f().get("/api/v1/fleet/servers").body,
          patch(id, R"({"api_token":"hunter2"})").body,
          f().ask("admin", "DELETE", path_of(id)).body}) {
      CPPUNIT_ASSERT(body.find("hunter2") == std::string::npos);
    }
  }

  void refuses_a_taken_name() {
    f().add("a");
    const auto again = f().post(R"({"name":"a","api_url":"http://b"})");
    CPPUNIT_ASSERT_EQUAL(409, again.status);
    CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), at(again, "code"));
    CPPUNIT_ASSERT_EQUAL(std::string("/name"), at(again, "errors[0].pointer"));
    const auto renamed = patch(f().add("b"), R"({"name":"a"})");
    CPPUNIT_ASSERT_EQUAL(409, renamed.status);
    CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), at(renamed, "code"));
  }

  void reports_all_mistakes_of_a_body() {
    const auto bad =
        f().post(R"({"name":"","api_url":"ftp://x","hostname":"a b","tags":["a","a",""],
        "status":"up","metadata":[],"region":7,"colour":"red","api_token":"a b"})");
    CPPUNIT_ASSERT_EQUAL(422, bad.status);
    CPPUNIT_ASSERT_EQUAL(std::string("application/problem+json"), bad.content_type);
    for (const char* pointer : {"/name", "/api_url", "/hostname", "/tags/1", "/tags/2", "/status",
                                "/metadata", "/region", "/colour", "/api_token"}) {
      CPPUNIT_ASSERT_MESSAGE(pointer, bad.body.find("\"pointer\":\"" + std::string(pointer) +
                                                    "\"") != std::string::npos);
    }
    CPPUNIT_ASSERT(f().fleet.upserted.empty());
  }

  void shows_a_server_with_its_entity_tag() {
    const std::string id = f().add("a");
    const auto shown = f().get(path_of(id));
    CPPUNIT_ASSERT_EQUAL(200, shown.status);
    const std::string tag = *shown.header("ETag");
    CPPUNIT_ASSERT(tag.starts_with("\"1-"));
    const auto same = f().ask("viewer", "GET", path_of(id), "", {{"if-none-match", "W/" + tag}});
    CPPUNIT_ASSERT_EQUAL(304, same.status);
    CPPUNIT_ASSERT(same.body.empty());
    CPPUNIT_ASSERT_EQUAL(
        200, f().ask("viewer", "GET", path_of(id), "", {{"if-none-match", "\"2\""}}).status);
  }

  // Health changes without a new version: who polls sees it, and who writes is not in its way.
  void a_change_of_health_is_another_tag() {
    const std::string id = f().add("a");
    const std::string tag = *f().get(path_of(id)).header("ETag");
    const CheckResult bad = ApiFixture::result(f().fleet.upserted.back(), CheckStatus::kCritical);
    f().live.on_result(bad, {HealthState::kUnreachable, test::TestDatabase::kNow, {}});
    const auto polled = f().ask("viewer", "GET", path_of(id), "", {{"if-none-match", tag}});
    CPPUNIT_ASSERT_EQUAL(200, polled.status);
    CPPUNIT_ASSERT(*polled.header("ETag") != tag);
    CPPUNIT_ASSERT_EQUAL(std::string("unreachable"), at(polled, "health_status"));
    CPPUNIT_ASSERT_EQUAL(200, patch(id, R"({"region":"x"})", {{"if-match", tag}}).status);
    CPPUNIT_ASSERT_EQUAL(412, patch(id, R"({"region":"y"})", {{"if-match", tag}}).status);
  }

  void lays_the_live_health_over_the_database() {
    const std::string id = f().add("a");
    CheckResult result = ApiFixture::result(f().fleet.upserted.back(), CheckStatus::kCritical);
    result.reason = FailureReason::kRefused;
    result.words = say("connection refused");
    f().live.on_result(result, {HealthState::kUnreachable, test::TestDatabase::kNow, {}});
    const auto shown = f().get(path_of(id));
    CPPUNIT_ASSERT_EQUAL(std::string("unreachable"), at(shown, "health_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("refused"), at(shown, "health_reason"));
    CPPUNIT_ASSERT_EQUAL(std::string("connection refused"), at(shown, "health_message"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.000Z"), at(shown, "health_since"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(shown, "last_seen_at"));
  }

  void patches_what_is_given() {
    const std::string id =
        f().add("a", R"(,"region":"eu","tags":["x"],"api_token":"t","metadata":{"k":1,"l":2})");
    const auto changed =
        patch(id, R"({"region":null,"status":"maintenance","metadata":{"k":null,"m":{"n":3}}})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(changed.body, 200, changed.status);
    CPPUNIT_ASSERT(changed.header("ETag")->starts_with("\"2-"));
    CPPUNIT_ASSERT_EQUAL(std::string(""), at(changed, "region"));
    CPPUNIT_ASSERT_EQUAL(std::string("maintenance"), at(changed, "status"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(changed, "metadata.k"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(changed, "metadata.l"));
    CPPUNIT_ASSERT_EQUAL(std::string("3"), at(changed, "metadata.m.n"));
    CPPUNIT_ASSERT_EQUAL(std::string("x"), at(changed, "tags[0]"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(changed, "api_token_set"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, f().fleet.upserted.back()->version);
    const auto cleared =
        patch(id, R"({"metadata":null,"tags":null,"api_token":null,"status":null})");
    CPPUNIT_ASSERT(cleared.body.find("\"tags\":[],\"groups\":[],\"metadata\":{},") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("false"), at(cleared, "api_token_set"));
    CPPUNIT_ASSERT_EQUAL(std::string("active"), at(cleared, "status"));
    for (const char* bad : {R"({"name":null})", R"({"api_url":null,"hostname":null})",
                            R"({"id":"x"})", R"({"version":2})"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 422, patch(id, bad).status);
    }
    const std::string half(9'000, 'x');
    CPPUNIT_ASSERT_EQUAL(200, patch(id, R"({"metadata":{"a":")" + half + "\"}}").status);
    CPPUNIT_ASSERT_EQUAL(422, patch(id, R"({"metadata":{"b":")" + half + "\"}}").status);
    CPPUNIT_ASSERT_EQUAL(200, patch(id, R"({"metadata":{"a":")" + half + "\"}}").status);
  }

  void lets_the_hostname_follow_the_url() {
    const std::string id = f().add("a");
    CPPUNIT_ASSERT_EQUAL(std::string("b"), at(patch(id, R"({"api_url":"http://b/"})"), "hostname"));
    CPPUNIT_ASSERT_EQUAL(std::string("own"), at(patch(id, R"({"hostname":"own"})"), "hostname"));
    CPPUNIT_ASSERT_EQUAL(std::string("own"),
                         at(patch(id, R"({"api_url":"http://c"})"), "hostname"));
    CPPUNIT_ASSERT_EQUAL(std::string("c"), at(patch(id, R"({"hostname":null})"), "hostname"));
  }

  void honours_if_match() {
    const std::string id = f().add("a");
    const std::map<std::string, std::string> first{{"if-match", "\"1\""}};
    CPPUNIT_ASSERT_EQUAL(200, patch(id, R"({"region":"x"})", first).status);
    const auto stale = patch(id, R"({"region":"y"})", first);
    CPPUNIT_ASSERT_EQUAL(412, stale.status);
    CPPUNIT_ASSERT_EQUAL(std::string("precondition_failed"), at(stale, "code"));
    CPPUNIT_ASSERT_EQUAL(412, f().ask("admin", "DELETE", path_of(id), "", first).status);
    CPPUNIT_ASSERT_EQUAL(std::string("x"), at(f().get(path_of(id)), "region"));
    CPPUNIT_ASSERT_EQUAL(200, patch(id, R"({"region":"z"})", {{"if-match", "*"}}).status);
    CPPUNIT_ASSERT_EQUAL(
        204, f().ask("admin", "DELETE", path_of(id), "", {{"if-match", "\"2\", \"3\""}}).status);
  }

  // Each write counts on from what it read; an update lost would be missing from the count.
  void loses_no_update_that_names_a_version() {
    const std::string id = f().add("a", R"(,"region":"0")");
    std::atomic<int> written{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&] {
        for (int n = 0; n < 15; ++n) {
          const auto read = f().get(path_of(id));
          const std::string next = std::to_string(std::stoi(at(read, "region")) + 1);
          const auto response =
              patch(id, R"({"region":")" + next + "\"}", {{"if-match", *read.header("ETag")}});
          if (response.status == 200) ++written;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    CPPUNIT_ASSERT(written > 0);
    CPPUNIT_ASSERT_EQUAL(std::to_string(written), at(f().get(path_of(id)), "region"));
  }

  void removes_a_server() {
    const std::string id = f().add("a");
    CPPUNIT_ASSERT_EQUAL(204, f().ask("admin", "DELETE", path_of(id)).status);
    CPPUNIT_ASSERT_EQUAL(std::string("a"), f().fleet.removed.at(0)->name);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f().live.size());
    CPPUNIT_ASSERT_EQUAL(404, f().get(path_of(id)).status);
    CPPUNIT_ASSERT_EQUAL(404, f().ask("admin", "DELETE", path_of(id)).status);
    CPPUNIT_ASSERT_EQUAL(404, patch(id, "{}").status);
  }

  void announces_the_newest_version_last() {
    const std::string id = f().add("a");
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, i] {
        for (int n = 0; n < 10; ++n) {
          patch(id, R"({"region":"r)" + std::to_string(i * 10 + n) + "\"}");
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    const auto shown = f().get(path_of(id));
    CPPUNIT_ASSERT_EQUAL(std::string("41"), at(shown, "version"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{41}, f().fleet.upserted.back()->version);
    CPPUNIT_ASSERT_EQUAL(at(shown, "region"), f().fleet.upserted.back()->region);
    for (std::size_t i = 1; i < f().fleet.upserted.size(); ++i) {
      CPPUNIT_ASSERT(f().fleet.upserted[i - 1]->version <= f().fleet.upserted[i]->version);
    }
  }

  void pages_through_a_list() {
    for (const char* name : {"c", "a", "e", "b", "d"}) f().add(name);
    std::string names;
    std::string target = "/api/v1/fleet/servers?limit=2";
    for (int page = 0; page < 4 && !target.empty(); ++page) {
      const auto response = f().get(target);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
      for (std::size_t i = 0; i < ApiFixture::items(response); ++i) {
        names += at(response, "items[" + std::to_string(i) + "].name");
      }
      const std::string* const link = response.header("Link");
      target = link ? link->substr(1, link->find('>') - 1) : "";
      CPPUNIT_ASSERT_EQUAL(target.empty(), at(response, "next_cursor") == "null");
      if (link) CPPUNIT_ASSERT(link->ends_with(">; rel=\"next\""));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("abcde"), names);
  }

  void filters_a_list() {
    f().add("a", R"(,"region":"eu","tags":["x","y"])");
    f().add("b", R"(,"region":"us","tags":["x"],"status":"disabled","environment":"prod")");
    f().add("Web", R"(,"region":"e u&")");
    const std::pair<const char*, std::size_t> cases[] = {
        {"", 3},       {"?region=eu", 1},           {"?region=e%20u%26", 1},
        {"?tag=x", 2}, {"?tag=x&tag=y", 1},         {"?status=disabled", 1},
        {"?q=WEB", 1}, {"?environment=prod", 1},    {"?environment=", 2},
        {"?q=%25", 0}, {"?health=unknown", 3},      {"?health=critical", 0},
        {"?q=_", 0},   {"?status=active&tag=x", 1}, {"?region=nowhere", 0}};
    for (const auto& [query, expected] : cases) {
      const auto response = f().get("/api/v1/fleet/servers" + std::string(query));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(query + response.body, 200, response.status);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(query, expected, ApiFixture::items(response));
    }
    const auto page = f().get("/api/v1/fleet/servers?tag=x&limit=1");
    const std::string cursor = at(page, "next_cursor");
    const auto elsewhere = f().get("/api/v1/fleet/servers?tag=y&limit=1&cursor=" + cursor);
    CPPUNIT_ASSERT_EQUAL(400, elsewhere.status);
    CPPUNIT_ASSERT_EQUAL(std::string("cursor"), at(elsewhere, "errors[0].parameter"));
  }

  void keeps_organizations_apart() {
    const std::string ours = f().add("same");
    const std::string theirs = f().add("same", "", "other");
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ApiFixture::items(f().get("/api/v1/fleet/servers")));
    for (const auto& [method, body] :
         {std::pair("GET", ""), std::pair("PATCH", "{}"), std::pair("DELETE", "")}) {
      const auto response = f().ask("admin", method, path_of(theirs), body);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(method, 404, response.status);
      CPPUNIT_ASSERT_EQUAL(std::string("not_found"), at(response, "code"));
    }
    CPPUNIT_ASSERT_EQUAL(404, f().ask("admin", "POST", path_of(theirs) + "/health-check").status);
    for (const char* part : {"/health-history", "/metrics"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(part, 404, f().get(path_of(theirs) + part).status);
    }
    CPPUNIT_ASSERT_EQUAL(200, f().ask("other", "GET", path_of(theirs)).status);
    CPPUNIT_ASSERT_EQUAL(200, f().get(path_of(ours)).status);
  }

  void lets_a_platform_token_choose_its_organization() {
    const std::string ours = f().add("ours", "", "platform");
    const std::string theirs = f().add("theirs", "", "other");
    CPPUNIT_ASSERT_EQUAL(200, f().get(path_of(ours)).status);
    CPPUNIT_ASSERT_EQUAL(404, f().ask("platform", "GET", path_of(theirs)).status);
    CPPUNIT_ASSERT_EQUAL(
        200, f().ask("platform", "GET", path_of(theirs) + "?organization=other").status);
    CPPUNIT_ASSERT_EQUAL(400,
                         f().ask("platform", "GET", path_of(theirs) + "?organization=none").status);
    CPPUNIT_ASSERT_EQUAL(400,
                         f().ask("viewer", "GET", path_of(theirs) + "?organization=other").status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerHandlersTest);
}  // namespace muster
