// Operations as the API makes, shows and cancels them. Nobody runs them here.
#include "aggregator/api/operation_handlers.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;
using test::TestDatabase;

class OperationHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OperationHandlersTest);
  CPPUNIT_TEST(makes_an_operation);
  CPPUNIT_TEST(tells_all_mistakes_at_once);
  CPPUNIT_TEST(nothing_but_all_means_all);
  CPPUNIT_TEST(unknown_ids_are_named);
  CPPUNIT_TEST(another_organizations_server_is_an_unknown_one);
  CPPUNIT_TEST(selects_as_the_listing_of_servers_does);
  CPPUNIT_TEST(refuses_other_targets_than_expected);
  CPPUNIT_TEST(a_dry_run_leaves_no_trace);
  CPPUNIT_TEST(percentages_are_of_the_frozen_total);
  CPPUNIT_TEST(an_action_may_need_more_than_the_route);
  CPPUNIT_TEST(so_many_may_be_unfinished);
  CPPUNIT_TEST(lists_and_filters);
  CPPUNIT_TEST(answers_304_while_nothing_has_changed);
  CPPUNIT_TEST(pages_through_targets);
  CPPUNIT_TEST(as_many_ids_as_an_operation_may_have_fit_its_body);
  CPPUNIT_TEST(refuses_places_out_of_range);
  CPPUNIT_TEST(cancel_honours_if_match);
  CPPUNIT_TEST(cancels_once_and_again);
  CPPUNIT_TEST(another_organizations_operation_is_a_missing_one);
  CPPUNIT_TEST(checks_all_active_servers);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static inline const std::string kPath = "/api/v1/fleet/operations";
  static inline const std::string kAll = R"({"action":"health_check","targets":{"all":true}})";

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  ApiResponse ask(const std::string& body, const std::string& token = "operator") {
    return f().ask(token, "POST", kPath, body);
  }
  std::string make(const std::string& body, const std::string& token = "operator") {
    const auto response = ask(body, token);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 202, response.status);
    return at(response, "id");
  }
  static std::string on(const std::string& targets, const std::string& more = "") {
    return R"({"action":"health_check","targets":)" + targets + more + "}";
  }
  std::int64_t operations() { return f().data.number("SELECT count(*) FROM fleet_operations"); }

  // "code pointer, code pointer" of a problem.
  static std::string mistakes(const ApiResponse& response) {
    std::string list;
    for (int i = 0; at(response, "errors[" + std::to_string(i) + "].code") != "-"; ++i) {
      const std::string place = "errors[" + std::to_string(i) + "].";
      list += (i == 0 ? "" : ", ") + at(response, place + "code") + " " +
              at(response, place + "pointer");
    }
    return list;
  }
  void expect_mistakes(const std::string& expected, const std::string& body) {
    const auto response = ask(body);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(body + response.body, 422, response.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(body, expected, mistakes(response));
  }

  void makes_an_operation() {
    f().add("b");
    const std::string a = f().add("a");
    const auto made = ask(
        on(R"({"all":true})",
           R"(,"waves":["1","100%"],"max_concurrency":7,"max_errors":"50%","deadline_seconds":600,)"
           R"("target_timeout_seconds":10,"pause_between_seconds":5,"expected_targets":2)"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 202, made.status);
    const std::string path = kPath + "/" + at(made, "id");
    CPPUNIT_ASSERT_EQUAL(path, *made.header("Location"));
    CPPUNIT_ASSERT(made.header("Retry-After") != nullptr);
    CPPUNIT_ASSERT_EQUAL(1, f().woken);
    const auto shown = f().get(path);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(shown.body, 200, shown.status);
    for (const auto& [place, value] :
         std::map<std::string, std::string>{{"action", "health_check"},
                                            {"state", "pending"},
                                            {"stop_reason", "null"},
                                            {"targets.total", "2"},
                                            {"targets.by_state.pending", "2"},
                                            {"targets.by_state.failed", "0"},
                                            {"waves", "2"},
                                            {"max_concurrency", "7"},
                                            {"max_errors", "1"},
                                            {"target_timeout_seconds", "10"},
                                            {"deadline_seconds", "600"},
                                            {"pause_between_seconds", "5"},
                                            {"created_at", "2026-11-23T08:00:00.000Z"},
                                            {"started_at", "null"},
                                            {"request.expected_targets", "2"}}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(place, value, at(shown, place));
    }
    const auto targets = f().get(path + "/targets");
    CPPUNIT_ASSERT_EQUAL(a, at(targets, "items[0].server.id"));
    CPPUNIT_ASSERT_EQUAL(std::string("b"), at(targets, "items[1].server.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(targets, "items[1].wave"));
    CPPUNIT_ASSERT_EQUAL(std::string("pending"), at(targets, "items[1].state"));
  }

  void tells_all_mistakes_at_once() {
    expect_mistakes("required /action, required /targets", "{}");
    expect_mistakes("required /action, required /targets", R"({"action":null,"targets":null})");
    expect_mistakes(
        "invalid /action, duplicate /targets/ids/1, invalid /targets/ids/2, invalid /waves/1, "
        "invalid /max_concurrency, invalid /max_errors, out_of_range /target_timeout_seconds, "
        "wrong_type /dry_run, out_of_range /expected_targets, unknown_field /max_error",
        R"({"action":"reboot","targets":{"ids":["6f0c7fd2-5ff3-4b61-a3c7-0d9a3f9c2b11",)"
        R"("6F0C7FD2-5FF3-4B61-A3C7-0D9A3F9C2B11","x"]},"waves":["1","0%",3],"max_concurrency":0,)"
        R"("max_errors":"101%","target_timeout_seconds":0,"dry_run":"yes","expected_targets":-1,)"
        R"("max_error":1})");
    expect_mistakes("unknown_field /parameters/a~1b",
                    on(R"({"all":true})", R"(,"parameters":{"a/b":"c"})"));
    expect_mistakes("wrong_type /parameters/a", on(R"({"all":true})", R"(,"parameters":{"a":1})"));
    expect_mistakes("required /parameters/status",
                    R"({"action":"set_status","targets":{"all":true}})");
    expect_mistakes("invalid /targets/selector/status, unknown_field /targets/selector/states",
                    on(R"({"selector":{"status":"up","states":1}})"));
    expect_mistakes("invalid /waves", on(R"({"all":true})", R"(,"waves":[])"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, operations());
  }

  void nothing_but_all_means_all() {
    f().add("a");
    for (const char* targets :
         {"{}", R"({"ids":null})", R"({"selector":null})", R"({"selector":{}})",
          R"({"selector":{"tags":[],"q":"","region":null}})", R"({"all":false})", R"({"all":null})",
          R"({"all":true,"ids":[]})", R"({"ids":[]})"}) {
      const auto refused = ask(on(targets));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(targets + refused.body, 422, refused.status);
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, operations());
    make(kAll);
  }

  void unknown_ids_are_named() {
    const std::string a = f().add("a");
    const std::string missing = Uuid::random().to_string();
    expect_mistakes("unknown_server /targets/ids/1",
                    on(R"({"ids":[")" + a + R"(",")" + missing + R"("]})"));
  }

  void another_organizations_server_is_an_unknown_one() {
    const std::string theirs = f().add("a", "", "other");
    const std::string missing = Uuid::random().to_string();
    const auto answer = [&](const std::string& id) {
      return ask(on(R"({"ids":[")" + id + R"("]})")).body;
    };
    CPPUNIT_ASSERT_EQUAL(answer(missing), answer(theirs));
    expect_mistakes("no_match /targets", kAll);
  }

  void selects_as_the_listing_of_servers_does() {
    f().add("web-1", R"(,"region":"eu","tags":["web","ssd"],"environment":"prod")");
    f().add("web-2", R"(,"region":"us","tags":["web"],"status":"maintenance")");
    f().add("db-1", R"(,"region":"eu","tags":["db"])");
    const auto count = [&](const std::string& selector) {
      const auto planned = ask(on(R"({"selector":)" + selector + "}", R"(,"dry_run":true)"));
      return planned.status == 200 ? at(planned, "total") : at(planned, "errors[0].code");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("2"), count(R"({"region":"eu"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), count(R"({"region":"eu","tags":["web"]})"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), count(R"({"tags":["web","ssd"]})"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), count(R"({"q":"WEB"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), count(R"({"status":"maintenance"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), count(R"({"environment":"prod"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("3"), count(R"({"health":"unknown"})"));
    CPPUNIT_ASSERT_EQUAL(std::string("no_match"), count(R"({"group":"none"})"));
  }

  void refuses_other_targets_than_expected() {
    f().add("a");
    const auto refused = ask(on(R"({"all":true})", R"(,"expected_targets":2)"));
    CPPUNIT_ASSERT_EQUAL(409, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("targets_differ"), at(refused, "code"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, operations());
    make(on(R"({"all":true})", R"(,"expected_targets":1)"));
  }

  void a_dry_run_leaves_no_trace() {
    f().add("a", R"(,"status":"disabled")");
    f().add("b");
    f().add("c");
    const auto planned = ask(on(R"({"all":true})", R"(,"dry_run":true,"waves":[1])"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(planned.body, 200, planned.status);
    CPPUNIT_ASSERT_EQUAL(std::string("3"), at(planned, "total"));
    CPPUNIT_ASSERT_EQUAL(std::string("the server is disabled"), at(planned, "targets[0].reason"));
    CPPUNIT_ASSERT_EQUAL(std::string("skipped"), at(planned, "targets[0].state"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(planned, "targets[2].reason"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(planned, "targets[2].wave"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(planned, "waves[1].targets"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, operations());
    CPPUNIT_ASSERT_EQUAL(0, f().woken);
  }

  void percentages_are_of_the_frozen_total() {
    for (int i = 0; i < 19; ++i) f().add("node-" + std::to_string(i));
    const auto planned = ask(
        on(R"({"all":true})",
           R"(,"dry_run":true,"max_concurrency":"10%","max_errors":"10%","waves":["10%","100%"])"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(planned, "max_concurrency"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(planned, "max_errors"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(planned, "waves[0].targets"));
    const auto least =
        ask(on(R"({"all":true})", R"(,"dry_run":true,"max_concurrency":"1%","max_errors":"1%")"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(least, "max_concurrency"));
    CPPUNIT_ASSERT_EQUAL(std::string("0"), at(least, "max_errors"));
  }

  void an_action_may_need_more_than_the_route() {
    f().add("a");
    const std::string body =
        R"({"action":"set_status","parameters":{"status":"disabled"},"targets":{"all":true}})";
    const auto refused = ask(body);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(refused.body, 403, refused.status);
    CPPUNIT_ASSERT(refused.header("WWW-Authenticate")->find("admin") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(403, ask(kAll, "viewer").status);
    const std::string id = make(body, "admin");
    CPPUNIT_ASSERT_EQUAL(std::string("disabled"),
                         at(f().get(kPath + "/" + id), "parameters.status"));
  }

  void so_many_may_be_unfinished() {
    f().add("a");
    for (int i = 0; i < kMostUnfinishedOperations; ++i) make(kAll);
    const auto refused = ask(kAll);
    CPPUNIT_ASSERT_EQUAL(409, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("too_many_operations"), at(refused, "code"));
  }

  void lists_and_filters() {
    f().add("a");
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) {
      made.push_back(make(kAll));
      f().clock.advance(1s);
    }
    const auto first = f().get(kPath + "?limit=3");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(first.body, std::size_t{3}, ApiFixture::items(first));
    CPPUNIT_ASSERT_EQUAL(made[4], at(first, "items[0].id"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(first, "items[0].request"));
    const std::string* const link = first.header("Link");
    CPPUNIT_ASSERT(link != nullptr);
    const auto rest = f().get(link->substr(1, link->find('>') - 1));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ApiFixture::items(rest));
    CPPUNIT_ASSERT_EQUAL(made[0], at(rest, "items[1].id"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(rest, "next_cursor"));
    for (const auto& [query, count] :
         {std::pair("?state=pending", 5), std::pair("?state=running", 0),
          std::pair("?action=health_check", 5), std::pair("?action=set_status", 0)}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(query, static_cast<std::size_t>(count),
                                   ApiFixture::items(f().get(kPath + query)));
    }
    CPPUNIT_ASSERT_EQUAL(400, f().get(kPath + "?state=done").status);
    const std::string cursor = at(first, "next_cursor");
    CPPUNIT_ASSERT_EQUAL(400, f().get(kPath + "?state=pending&cursor=" + cursor).status);
  }

  void answers_304_while_nothing_has_changed() {
    f().add("a");
    const std::string path = kPath + "/" + make(kAll);
    const std::string tag = *f().get(path).header("ETag");
    const auto again = [&] { return f().ask("viewer", "GET", path, "", {{"if-none-match", tag}}); };
    CPPUNIT_ASSERT_EQUAL(304, again().status);
    f().ask("operator", "POST", path + "/cancel");
    CPPUNIT_ASSERT_EQUAL(200, again().status);
  }

  void pages_through_targets() {
    for (int i = 0; i < 5; ++i) {
      f().add("node-" + std::to_string(i), i % 2 == 0 ? "" : R"(,"status":"disabled")");
    }
    const std::string path = kPath + "/" + make(kAll) + "/targets";
    const auto first = f().get(path + "?limit=2");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ApiFixture::items(first));
    const auto second = f().get(path + "?limit=2&cursor=" + at(first, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(second, "items[0].ordinal"));
    const auto third = f().get(path + "?limit=2&cursor=" + at(second, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::string("node-4"), at(third, "items[0].server.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(third, "next_cursor"));
    const auto skipped = f().get(path + "?state=skipped");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ApiFixture::items(skipped));
    CPPUNIT_ASSERT_EQUAL(std::string("the server is disabled"), at(skipped, "items[0].output"));
    CPPUNIT_ASSERT_EQUAL(400, f().get(path + "?state=gone").status);
  }

  void as_many_ids_as_an_operation_may_have_fit_its_body() {
    ApiRequest head{"POST",
                    kPath,
                    {{"authorization", "Bearer " + ApiFixture::secret("operator")}},
                    "",
                    "request-1"};
    head.headers["content-type"] = "application/json";
    const auto plan = f().api.admit(std::move(head));
    CPPUNIT_ASSERT(plan);
    const std::size_t id = Uuid::random().to_string().size() + 3;  // its quotes and a comma
    CPPUNIT_ASSERT(plan->limit > kMostTargets * id + 1'000);
  }

  // Signed by us, and nevertheless no place of this listing.
  void refuses_places_out_of_range() {
    f().add("a");
    const std::string id = make(kAll);
    const auto with_place = [&](const std::string& path, const std::string& place) {
      ApiRequest request;
      request.path = path;
      request.organization = test::must(f().organizations.find("default")).key;
      return f().get(path + "?cursor=" + f().cursors.encode(place, cursor_scope(request))).status;
    };
    for (const char* bad : {"2147483647", "9223372036854775807", "-1", "0 x", ""}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, with_place(kPath + "/" + id + "/targets", bad));
    }
    CPPUNIT_ASSERT_EQUAL(200, with_place(kPath + "/" + id + "/targets", "0"));
    for (const std::string& bad :
         {"9223372036854775807 " + id, "-1 " + id, id, std::string("0 x"), std::string("0")}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400, with_place(kPath, bad));
    }
    CPPUNIT_ASSERT_EQUAL(200, with_place(kPath, "0 " + id));
  }

  void cancel_honours_if_match() {
    f().add("a");
    const std::string path = kPath + "/" + make(kAll);
    const std::string tag = *f().get(path).header("ETag");
    f().data.sql("UPDATE fleet_operations SET version = version + 1");
    const auto cancel = [&](const std::string& condition) {
      return f().ask("operator", "POST", path + "/cancel", "", {{"if-match", condition}}).status;
    };
    CPPUNIT_ASSERT_EQUAL(412, cancel(tag));
    CPPUNIT_ASSERT_EQUAL(std::string("pending"), at(f().get(path), "state"));
    CPPUNIT_ASSERT_EQUAL(202, cancel(*f().get(path).header("ETag")));
  }

  void cancels_once_and_again() {
    f().add("a");
    const std::string path = kPath + "/" + make(kAll);
    CPPUNIT_ASSERT_EQUAL(403, f().ask("viewer", "POST", path + "/cancel").status);
    for (int i = 0; i < 2; ++i) {
      const auto canceled = f().ask("operator", "POST", path + "/cancel");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(canceled.body, 202, canceled.status);
      CPPUNIT_ASSERT_EQUAL(std::string("canceling"), at(canceled, "state"));
    }
    CPPUNIT_ASSERT_EQUAL(3, f().woken);
    for (const auto& [state, status] : {std::pair("canceled", 202), std::pair("succeeded", 409)}) {
      f().data.sql("UPDATE fleet_operations SET state = $1, finished_at = now()", {state});
      const auto late = f().ask("operator", "POST", path + "/cancel");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(late.body, status, late.status);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("operation_ended"),
                         at(f().ask("operator", "POST", path + "/cancel"), "code"));
  }

  void another_organizations_operation_is_a_missing_one() {
    f().add("a");
    const std::string ours = make(kAll);
    const std::string missing = Uuid::random().to_string();
    for (const auto& [method, tail] :
         {std::pair("GET", ""), std::pair("GET", "/targets"), std::pair("POST", "/cancel")}) {
      const auto theirs = f().ask("other", method, kPath + "/" + ours + tail);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(tail, 404, theirs.status);
      for (const std::string& other : {missing, std::string("{id}"), std::string("1")}) {
        CPPUNIT_ASSERT_EQUAL(theirs.body,
                             f().ask("other", method, kPath + "/" + other + tail).body);
      }
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, ApiFixture::items(f().ask("other", "GET", kPath)));
    CPPUNIT_ASSERT_EQUAL(std::string("pending"), at(f().get(kPath + "/" + ours), "state"));
  }

  void checks_all_active_servers() {
    f().add("a");
    f().add("b", R"(,"region":"eu")");
    f().add("c", R"(,"status":"maintenance")");
    f().add("d", R"(,"status":"disabled")");
    const std::string path = "/api/v1/fleet/health-check/all";
    const auto all = f().ask("operator", "POST", path);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(all.body, 202, all.status);
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(all, "targets.total"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(all, "max_errors"));
    CPPUNIT_ASSERT_EQUAL(kPath + "/" + at(all, "id"), *all.header("Operation-Location"));
    const auto some = f().ask("operator", "POST", path, R"({"selector":{"region":"eu"}})");
    CPPUNIT_ASSERT_EQUAL(std::string("1"), at(some, "targets.total"));
    const auto none = f().ask("operator", "POST", path, R"({"selector":{"region":"us"}})");
    CPPUNIT_ASSERT_EQUAL(std::string("no_match /selector"), mistakes(none));
    CPPUNIT_ASSERT_EQUAL(422, f().ask("operator", "POST", path, R"({"region":"eu"})").status);
    CPPUNIT_ASSERT_EQUAL(403, f().ask("viewer", "POST", path).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationHandlersTest);
}  // namespace muster
