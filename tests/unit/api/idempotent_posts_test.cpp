// Idempotency-Key as clients see it.
#include "aggregator/api/idempotent_posts.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using namespace std::chrono_literals;

class IdempotentPostsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(IdempotentPostsTest);
  CPPUNIT_TEST(a_repeated_post_is_done_once);
  CPPUNIT_TEST(a_key_belongs_to_one_request);
  CPPUNIT_TEST(a_key_that_was_cut_off_is_in_use);
  CPPUNIT_TEST(a_streamed_body_is_compared_too);
  CPPUNIT_TEST(a_body_that_broke_off_may_come_again);
  CPPUNIT_TEST(what_a_handler_throws_ends_the_request);
  CPPUNIT_TEST(holds_for_what_has_no_organization);
  CPPUNIT_TEST(signing_in_is_repeated_with_the_same_cookie);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kTokens = "/api/v1/fleet/tokens";

  static void expect(int status, const ApiResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, status, response.status);
  }

  void a_repeated_post_is_done_once() {
    ApiFixture f;
    const std::string body = R"({"name":"ci","role":"viewer"})";
    const auto first = f.ask("admin", "POST", kTokens, body, {{"idempotency-key", "\"k-1\""}});
    const auto again = f.ask("admin", "POST", kTokens, body, {{"idempotency-key", "k-1"}});
    expect(201, again);
    CPPUNIT_ASSERT_EQUAL(first.body, again.body);
    CPPUNIT_ASSERT_EQUAL(*first.header("Location"), *again.header("Location"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), *again.header("Idempotency-Replayed"));
    const auto third = f.ask("admin", "POST", kTokens, body, {{"idempotency-key", "k-2"}});
    CPPUNIT_ASSERT(f.at(third, "id") != f.at(first, "id"));
    const auto kept = f.data.sql("SELECT response_sealed FROM idempotency_keys");
    CPPUNIT_ASSERT(kept.bytes(0, 0).find(f.at(first, "token")) == std::string::npos);
    f.clock.advance(24h);
    const auto later = f.ask("admin", "POST", kTokens, body, {{"idempotency-key", "k-1"}});
    CPPUNIT_ASSERT(f.at(later, "id") != f.at(first, "id"));
  }

  void a_key_belongs_to_one_request() {
    ApiFixture f;
    const std::map<std::string, std::string> key{{"idempotency-key", "k"}};
    expect(201, f.ask("admin", "POST", kTokens, R"({"name":"a","role":"viewer"})", key));
    const auto other = f.ask("admin", "POST", kTokens, R"({"name":"b","role":"viewer"})", key);
    expect(422, other);
    CPPUNIT_ASSERT_EQUAL(std::string("idempotency_key_reused"), f.at(other, "code"));
    expect(201, f.ask("other", "POST", kTokens, R"({"name":"a","role":"viewer"})", key));
    expect(400, f.ask("admin", "POST", kTokens, "{}", {{"idempotency-key", "\"\""}}));
  }

  void a_key_that_was_cut_off_is_in_use() {
    ApiFixture f;
    const std::map<std::string, std::string> key{{"idempotency-key", "k"}};
    expect(201, f.ask("admin", "POST", kTokens, R"({"name":"a","role":"viewer"})", key));
    f.data.sql("UPDATE idempotency_keys SET status = NULL");
    expect(409, f.ask("admin", "POST", kTokens, R"({"name":"a","role":"viewer"})", key));
  }

  // Pieces of a body, and then its end or an error.
  class Pieces final : public BodySource {
   public:
    Pieces(std::vector<std::string> pieces, bool whole)
        : pieces_(std::move(pieces)), whole_(whole) {}
    Result<std::string> next() override {
      if (next_ < pieces_.size()) return pieces_[next_++];
      if (whole_) return std::string();
      return fail(ErrorCode::kTimeout, "the body did not come in time");
    }

   private:
    const std::vector<std::string> pieces_;
    const bool whole_;
    std::size_t next_ = 0;
  };

  static ApiResponse import(ApiFixture& f, std::vector<std::string> pieces, bool whole = true,
                            const std::string& query = "") {
    ApiRequest request{"POST",
                       "/api/v1/fleet/servers/import" + query,
                       {{"authorization", "Bearer " + ApiFixture::secret("admin")},
                        {"content-type", "application/jsonl"},
                        {"transfer-encoding", "chunked"},
                        {"idempotency-key", "k"}},
                       "",
                       "request-1"};
    request.source = std::make_shared<Pieces>(std::move(pieces), whole);
    return f.api.handle(std::move(request));
  }

  static std::string line(const std::string& name) {
    return R"({"name":")" + name + R"(","hostname":")" + name + ".example\"}\n";
  }

  void a_streamed_body_is_compared_too() {
    ApiFixture f;
    const auto first = import(f, {line("a") + line("b")});
    expect(200, first);
    const auto again = import(f, {line("a"), line("b")});
    CPPUNIT_ASSERT_EQUAL(first.body, again.body);
    CPPUNIT_ASSERT(again.header("Idempotency-Replayed") != nullptr);
    const auto other = import(f, {line("a"), line("c")});
    expect(422, other);
    CPPUNIT_ASSERT_EQUAL(std::string("idempotency_key_reused"), f.at(other, "code"));
    expect(422, import(f, {line("a"), line("b")}, true, "?dry_run=true"));
    expect(400, import(f, {line("a")}, false));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, f.data.number("SELECT count(*) FROM managed_servers"));
  }

  // Nobody has heard the answer, and what it was to is not known.
  void a_body_that_broke_off_may_come_again() {
    ApiFixture f;
    import(f, {line("a")}, false);
    const auto whole = import(f, {line("b") + line("c")});
    expect(200, whole);
    CPPUNIT_ASSERT(!whole.header("Idempotency-Replayed"));
    CPPUNIT_ASSERT_EQUAL(std::string("2"), f.at(whole, "created"));
  }

  void what_a_handler_throws_ends_the_request() {
    ApiFixture f;
    const std::string path = ApiFixture::path_of(f.add("a")) + "/health-check";
    const std::map<std::string, std::string> key{{"idempotency-key", "k"}};
    f.checks.script = [](ServerKey) -> Result<std::vector<CheckResult>> {
      throw std::runtime_error("secret");
    };
    const auto failed = f.ask("operator", "POST", path, "", key);
    expect(500, failed);
    CPPUNIT_ASSERT(failed.body.find("secret") == std::string::npos);
    const auto log = f.ask("admin", "GET", "/api/v1/fleet/audit");
    CPPUNIT_ASSERT_EQUAL(std::string("500"), f.at(log, "items[0].status"));
    f.checks.script = [](ServerKey) { return std::vector<CheckResult>{}; };
    expect(200, f.ask("operator", "POST", path, "", key));
  }

  void holds_for_what_has_no_organization() {
    ApiFixture f;
    const std::map<std::string, std::string> key{{"idempotency-key", "k"}};
    const char* const path = "/api/v1/fleet/organizations";
    const auto first = f.ask("platform", "POST", path, R"({"name":"acme"})", key);
    expect(201, first);
    const auto again = f.ask("platform", "POST", path, R"({"name":"acme"})", key);
    CPPUNIT_ASSERT_EQUAL(first.body, again.body);
    expect(422, f.ask("platform", "POST", path, R"({"name":"other-one"})", key));
    f.clock.advance(24h);
    expect(409, f.ask("platform", "POST", path, R"({"name":"acme"})", key));
  }

  void signing_in_is_repeated_with_the_same_cookie() {
    ApiFixture f;
    const std::map<std::string, std::string> key{{"idempotency-key", "k"}};
    const std::string body = R"({"token":")" + ApiFixture::secret("viewer") + R"("})";
    const auto first = f.ask("", "POST", "/api/v1/fleet/session", body, key);
    expect(201, first);
    const auto again = f.ask("", "POST", "/api/v1/fleet/session", body, key);
    CPPUNIT_ASSERT_EQUAL(*first.header("Set-Cookie"), *again.header("Set-Cookie"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, f.data.number("SELECT count(*) FROM api_sessions"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdempotentPostsTest);
}  // namespace muster
