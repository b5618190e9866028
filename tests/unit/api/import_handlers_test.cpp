// POST /servers/import on a real database.
#include "aggregator/api/import_handlers.h"

#include "aggregator/api/import_run.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class ImportHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ImportHandlersTest);
  CPPUNIT_TEST(registers_servers_and_tells_the_fleet);
  CPPUNIT_TEST(a_bad_line_spoils_no_other);
  CPPUNIT_TEST(goes_on_after_a_batch);
  CPPUNIT_TEST(deals_with_taken_names_as_asked);
  CPPUNIT_TEST(takes_all_lines_or_none);
  CPPUNIT_TEST(a_taken_name_undoes_all_lines);
  CPPUNIT_TEST(tries_without_storing);
  CPPUNIT_TEST(keeps_to_the_quota);
  CPPUNIT_TEST(keeps_to_the_quota_of_checks);
  CPPUNIT_TEST(what_grows_not_is_within_the_quota_of_checks);
  CPPUNIT_TEST(bounds_the_lines);
  CPPUNIT_TEST(says_how_far_it_came_with_a_body_that_breaks_off);
  CPPUNIT_TEST(says_how_far_it_came_with_a_database_that_fails);
  CPPUNIT_TEST(refuses_what_is_no_import);
  CPPUNIT_TEST_SUITE_END();

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  ApiResponse import(const std::string& body, const std::string& query = "",
                     const std::string& token = "admin") {
    return f().ask(token, "POST", "/api/v1/fleet/servers/import" + query, body,
                   {{"content-type", "application/x-ndjson"}});
  }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  static std::string line(const std::string& name, const std::string& more = "") {
    return R"({"name":")" + name + R"(","hostname":"10.0.0.1")" + more + "}\n";
  }

  static std::string lines(int count, const std::string& prefix = "n") {
    std::string body;
    for (int i = 0; i < count; ++i) body += line(prefix + std::to_string(i));
    return body;
  }

  // "created updated skipped failed"
  static std::string counts(const ApiResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
    return at(response, "created") + " " + at(response, "updated") + " " + at(response, "skipped") +
           " " + at(response, "failed");
  }

  std::int64_t stored() { return f().data.number("SELECT count(*) FROM managed_servers"); }

  void registers_servers_and_tells_the_fleet() {
    const auto made = import("\n" + line("a", R"(,"api_token":"s3cret","tags":["x","y\"{,}"])") +
                             "\r\n" + R"({"name":"b","api_url":"https://b.example/"})");
    CPPUNIT_ASSERT_EQUAL(std::string("2 0 0 0"), counts(made));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(made, "results[0].line"));
    CPPUNIT_ASSERT_EQUAL(std::string("created"), at(made, "results[0].status"));
    CPPUNIT_ASSERT_EQUAL(std::string("4"), at(made, "results[1].line"));
    CPPUNIT_ASSERT_EQUAL(std::string("b"), at(made, "results[1].name"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(made, "stopped"));
    const auto a = f().get(ApiFixture::path_of(at(made, "results[0].id")));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(a, "api_token_set"));
    CPPUNIT_ASSERT_EQUAL(std::string("y\"{,}"), at(a, "tags[1]"));
    const auto b = f().get(ApiFixture::path_of(at(made, "results[1].id")));
    CPPUNIT_ASSERT_EQUAL(std::string("https://b.example"), at(b, "api_url"));
    CPPUNIT_ASSERT_EQUAL(std::string("b.example"), at(b, "hostname"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, f().live.size());
    for (const ServerPointer& server : f().fleet.upserted) {
      if (server->name == "a") {
        CPPUNIT_ASSERT_EQUAL(std::string("s3cret"), server->api_token.reveal());
      }
    }
  }

  void a_bad_line_spoils_no_other() {
    const auto made =
        import(line("a") + "{\n" + R"({"name":"","colour":"red"})" + "\n[]\n" + line("a") +
               line("b", R"(,"metadata":{"x":")" + std::string(70'000, 'x') + "\"}") + line("c"));
    CPPUNIT_ASSERT_EQUAL(std::string("2 0 0 5"), counts(made));
    const std::pair<int, const char*> codes[] = {{1, "invalid_json"},
                                                 {2, "validation_failed"},
                                                 {3, "invalid_json"},
                                                 {4, "name_taken"},
                                                 {5, "body_too_large"}};
    for (const auto& [place, code] : codes) {
      const std::string result = "results[" + std::to_string(place) + "]";
      CPPUNIT_ASSERT_EQUAL(std::to_string(place + 1), at(made, result + ".line"));
      CPPUNIT_ASSERT_EQUAL(std::string("failed"), at(made, result + ".status"));
      CPPUNIT_ASSERT_EQUAL(std::string(code), at(made, result + ".code"));
    }
    CPPUNIT_ASSERT(made.body.find(R"({"pointer":"/colour","code":"unknown_field")") !=
                   std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("line 1 has this name"), at(made, "results[4].detail"));
    CPPUNIT_ASSERT_EQUAL(std::string("c"), at(made, "results[6].name"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored());
  }

  void goes_on_after_a_batch() {
    const auto made = import(lines(1'101));
    CPPUNIT_ASSERT_EQUAL(std::string("1101 0 0 0"), counts(made));
    CPPUNIT_ASSERT_EQUAL(std::string("n1100"), at(made, "results[1100].name"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'101}, f().live.size());
  }

  void deals_with_taken_names_as_asked() {
    const std::string id = f().add("a", R"(,"region":"eu","api_token":"s3cret","tags":["x"])");
    const std::string body = line("a", R"(,"region":"us")") + line("b");
    const auto refused = import(body);
    CPPUNIT_ASSERT_EQUAL(std::string("1 0 0 1"), counts(refused));
    CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), at(refused, "results[0].code"));
    CPPUNIT_ASSERT(refused.body.find(R"("pointer":"/name","code":"taken")") != std::string::npos);
    const auto skipped = import(body, "?on_conflict=skip");
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 2 0"), counts(skipped));
    CPPUNIT_ASSERT_EQUAL(id, at(skipped, "results[0].id"));
    CPPUNIT_ASSERT_EQUAL(std::string("eu"), at(f().get(ApiFixture::path_of(id)), "region"));
    const auto updated = import(body + line("c"), "?on_conflict=update");
    CPPUNIT_ASSERT_EQUAL(std::string("1 2 0 0"), counts(updated));
    CPPUNIT_ASSERT_EQUAL(id, at(updated, "results[0].id"));
    const auto shown = f().get(ApiFixture::path_of(id));
    CPPUNIT_ASSERT_EQUAL(std::string("us"), at(shown, "region"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), at(shown, "version"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(shown, "api_token_set"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(shown, "tags[0]"));
  }

  void takes_all_lines_or_none() {
    const auto bad =
        import(line("a") + "{\n" + R"({"name":"b","region":7})" + "\n" + line("a"), "?atomic=true");
    CPPUNIT_ASSERT_EQUAL(422, bad.status);
    CPPUNIT_ASSERT_EQUAL(std::string("validation_failed"), at(bad, "code"));
    const std::pair<const char*, const char*> expected[] = {
        {"errors[0].line", "2"},           {"errors[0].code", "invalid_json"},
        {"errors[1].line", "3"},           {"errors[1].pointer", "/region"},
        {"errors[2].pointer", "/api_url"}, {"errors[3].line", "4"},
        {"errors[3].code", "duplicate"}};
    for (const auto& [place, value] : expected) {
      CPPUNIT_ASSERT_EQUAL(std::string(value), at(bad, place));
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored());
    CPPUNIT_ASSERT_EQUAL(std::string("1200 0 0 0"), counts(import(lines(1'200), "?atomic=true")));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'200}, f().live.size());
  }

  void a_taken_name_undoes_all_lines() {
    f().add("n1000");
    const std::size_t announced = f().fleet.upserted.size();
    const auto refused = import(lines(1'200), "?atomic=true");
    CPPUNIT_ASSERT_EQUAL(422, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("1001"), at(refused, "errors[0].line"));
    CPPUNIT_ASSERT_EQUAL(std::string("taken"), at(refused, "errors[0].code"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored());
    CPPUNIT_ASSERT_EQUAL(announced, f().fleet.upserted.size());
  }

  void tries_without_storing() {
    f().add("a");
    const std::string body = line("a") + line("b") + "{}\n";
    const auto tried = import(body, "?dry_run=true&on_conflict=update");
    CPPUNIT_ASSERT_EQUAL(std::string("1 1 0 1"), counts(tried));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(tried, "dry_run"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(tried, "results[1].id"));
    CPPUNIT_ASSERT_EQUAL(422, import(body, "?dry_run=true&atomic=true").status);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         f().data.number("SELECT max(version) FROM managed_servers"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f().fleet.upserted.size());
  }

  void keeps_to_the_quota() {
    f().data.sql("UPDATE organizations SET max_servers = 3 WHERE name = 'default'");
    const auto refused = import(lines(4), "?atomic=true");
    CPPUNIT_ASSERT_EQUAL(403, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(refused, "code"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored());
    const auto some = import(lines(600));
    CPPUNIT_ASSERT_EQUAL(std::string("3 0 0 597"), counts(some));
    CPPUNIT_ASSERT_EQUAL(std::string("created"), at(some, "results[2].status"));
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(some, "results[3].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(some, "results[599].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("0 3 0 7"), counts(import(lines(10), "?on_conflict=update")));
  }

  void limit_checks(int quota) {
    f().data.sql("UPDATE organizations SET max_checks_per_second = $1 WHERE name = 'default'",
                 {quota});
  }

  void keeps_to_the_quota_of_checks() {
    limit_checks(200);
    const auto refused = import(lines(600), "?atomic=true");
    CPPUNIT_ASSERT_EQUAL(403, refused.status);
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(refused, "code"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored());
    const auto some = import(lines(600));
    CPPUNIT_ASSERT_EQUAL(std::string("100 0 0 500"), counts(some));
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(some, "results[0].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("created"), at(some, "results[599].status"));
    const auto none = import(lines(600, "m"));  // neither batch fits
    CPPUNIT_ASSERT_EQUAL(std::string("100 0 0 500"), counts(none));
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 0 600"), counts(import(lines(600, "k"))));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(none, "stopped"));
  }

  void what_grows_not_is_within_the_quota_of_checks() {
    limit_checks(2);
    const std::string idle = line("c", R"(,"status":"disabled")");
    CPPUNIT_ASSERT_EQUAL(std::string("3 0 0 0"), counts(import(lines(2) + idle)));
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 3 0"),
                         counts(import(lines(2) + idle, "?on_conflict=skip")));
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 0 2"), counts(import(lines(2))));
    CPPUNIT_ASSERT_EQUAL(std::string("0 3 0 0"),
                         counts(import(lines(2) + idle, "?on_conflict=update")));
    const auto woken = import(line("c"), "?on_conflict=update");
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 0 1"), counts(woken));
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), at(woken, "results[0].code"));
    const std::string turns = line("n0", R"(,"status":"disabled")") + line("c");
    CPPUNIT_ASSERT_EQUAL(std::string("0 2 0 0"), counts(import(turns, "?on_conflict=update")));
  }

  void bounds_the_lines() {
    std::string body;
    for (int i = 0; i < ImportRun::kMostLines; ++i) body += "x\n";
    CPPUNIT_ASSERT_EQUAL(std::string("0 0 0 10000"), counts(import(body)));
    CPPUNIT_ASSERT_EQUAL(413, import(body + "x").status);
    CPPUNIT_ASSERT_EQUAL(413, import(lines(1) + body, "?atomic=true").status);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored());
    const auto made = import(lines(500) + body);
    CPPUNIT_ASSERT_EQUAL(std::string("500 0 0 9500"), counts(made));
    CPPUNIT_ASSERT_EQUAL(std::string("10001"), at(made, "stopped.line"));
    CPPUNIT_ASSERT_EQUAL(std::string("body_too_large"), at(made, "stopped.code"));
  }

  // Each step gives a piece of the body.
  class Steps final : public BodySource {
   public:
    using Step = std::function<Result<std::string>()>;
    explicit Steps(std::vector<Step> steps) : steps_(std::move(steps)) {}
    Result<std::string> next() override {
      return done_ < steps_.size() ? steps_[done_++]() : Result<std::string>(std::string());
    }

   private:
    const std::vector<Step> steps_;
    std::size_t done_ = 0;
  };

  ApiResponse import_steps(std::vector<Steps::Step> steps) {
    ApiRequest request{"POST",
                       "/api/v1/fleet/servers/import",
                       {{"authorization", "Bearer " + test::ApiFixture::secret("admin")},
                        {"content-type", "application/jsonl"}},
                       "",
                       "request-1"};
    request.source = std::make_shared<Steps>(std::move(steps));
    return f().api.handle(std::move(request));
  }

  static Result<std::string> late() {
    return fail(ErrorCode::kTimeout, "the body did not come in time");
  }

  void says_how_far_it_came_with_a_body_that_breaks_off() {
    const auto nothing = import_steps({[] { return "{"; }, late});
    CPPUNIT_ASSERT_EQUAL(400, nothing.status);
    CPPUNIT_ASSERT_EQUAL(std::string("the body broke off: the body did not come in time"),
                         at(nothing, "detail"));
    const auto some = import_steps({[] { return lines(502); }, late});
    CPPUNIT_ASSERT_EQUAL(std::string("502 0 0 0"), counts(some));
    CPPUNIT_ASSERT_EQUAL(std::string("503"), at(some, "stopped.line"));
    CPPUNIT_ASSERT_EQUAL(std::string("malformed_request"), at(some, "stopped.code"));
  }

  void says_how_far_it_came_with_a_database_that_fails() {
    const auto some = import_steps({[] { return lines(500); },
                                    [this]() -> Result<std::string> {
                                      f().data.sql("ALTER TABLE managed_servers RENAME TO gone");
                                      return lines(600, "m") + line("n7");
                                    }});
    CPPUNIT_ASSERT_EQUAL(std::string("500 0 0 601"), counts(some));
    CPPUNIT_ASSERT_EQUAL(std::string("internal"), at(some, "results[501].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("internal"), at(some, "results[1099].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), at(some, "results[1100].code"));
    CPPUNIT_ASSERT_EQUAL(std::string("501"), at(some, "stopped.line"));
    CPPUNIT_ASSERT_EQUAL(500, import(lines(1)).status);
  }

  void refuses_what_is_no_import() {
    CPPUNIT_ASSERT_EQUAL(403, import(lines(1), "", "operator").status);
    CPPUNIT_ASSERT_EQUAL(415,
                         f().ask("admin", "POST", "/api/v1/fleet/servers/import", lines(1)).status);
    CPPUNIT_ASSERT_EQUAL(400, import(lines(1), "?on_conflict=merge").status);
    CPPUNIT_ASSERT_EQUAL(400, import(lines(1), "?atomic=yes").status);
    CPPUNIT_ASSERT_EQUAL(400, import(lines(1), "?dryrun=true").status);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ImportHandlersTest);
}  // namespace muster
