// What no request may do, as a table, and how every refusal looks.
#include "aggregator/api/api.h"

#include "common/base/utf8.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;

class ApiTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ApiTest);
  CPPUNIT_TEST(refuses_bad_requests);
  CPPUNIT_TEST(refuses_bad_bodies);
  CPPUNIT_TEST(refuses_wrong_content_types);
  CPPUNIT_TEST(wants_a_token_for_everything_but_its_own_health);
  CPPUNIT_TEST(lets_each_role_do_its_part);
  CPPUNIT_TEST(forgets_a_revoked_token);
  CPPUNIT_TEST(names_the_methods_of_a_path);
  CPPUNIT_TEST(shapes_every_refusal_alike);
  CPPUNIT_TEST(says_unavailable_without_a_database);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::string kServers = "/api/v1/fleet/servers";

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  using Case = std::tuple<const char*, std::string, int, const char*>;

  static std::vector<Case> bad_requests(const std::string& server) {
    return {
        {"GET", "/api/v1/fleet/nothing", 404, "not_found"},
        {"GET", "/", 404, "not_found"},
        {"GET", kServers + "/", 404, "not_found"},
        {"GET", kServers + "/not-a-uuid", 404, "not_found"},
        {"GET", kServers + "/00000000-0000-4000-8000-000000000000", 404, "not_found"},
        {"GET", kServers + "/%00", 400, "malformed_request"},
        {"GET", kServers + "?q=%ff", 400, "malformed_request"},
        {"GET", "no-slash", 400, "malformed_request"},
        {"PUT", kServers, 405, "method_not_allowed"},
        {"TRACE", server, 405, "method_not_allowed"},
        {"DELETE", kServers, 405, "method_not_allowed"},
        {"GET", server + "/health-check", 405, "method_not_allowed"},
        {"GET", kServers + "?limit=0", 400, "invalid_parameter"},
        {"GET", kServers + "?limit=501", 400, "invalid_parameter"},
        {"GET", kServers + "?limit=ten", 400, "invalid_parameter"},
        {"GET", kServers + "?limit=", 400, "invalid_parameter"},
        {"GET", kServers + "?limit=1&limit=2", 400, "invalid_parameter"},
        {"GET", kServers + "?limit=99999999999999999999", 400, "invalid_parameter"},
        {"GET", kServers + "?status=up", 400, "invalid_parameter"},
        {"GET", kServers + "?health=up", 400, "invalid_parameter"},
        {"GET", kServers + "?cursor=x", 400, "invalid_parameter"},
        {"GET", kServers + "?cursor=", 400, "invalid_parameter"},
        {"GET", kServers + "?regoin=eu", 400, "invalid_parameter"},
        {"GET", server + "/health-history?from=yesterday", 400, "invalid_parameter"},
        {"GET", server + "/health-history?to=2026-13-01T00:00:00Z", 400, "invalid_parameter"},
        {"GET", server + "/health-history?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", 400,
         "invalid_parameter"},
        {"GET", server + "/health-history?status=bad", 400, "invalid_parameter"},
        {"GET", server + "/health-history?cursor=AAAA", 400, "invalid_parameter"},
        {"GET", server + "/metrics?period=2m", 400, "invalid_parameter"},
        {"GET", server + "/metrics?limit=-1", 400, "invalid_parameter"},
        {"GET", "/api/v1/fleet/summary?x=1", 400, "invalid_parameter"},
        {"GET", "/api/v1/fleet/partitions", 403, "insufficient_scope"},
    };
  }

  void refuses_bad_requests() {
    ApiFixture f;
    const std::string server = ApiFixture::path_of(f.add("a"));
    for (const auto& [method, target, status, code] : bad_requests(server)) {
      const auto response = f.ask("admin", method, target);
      const std::string what = std::string(method) + " " + target + " " + response.body;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, status, response.status);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::string(code), at(response, "code"));
    }
  }

  void refuses_bad_bodies() {
    ApiFixture f;
    f.add("taken");
    const auto body = [](const std::string& more) {
      return R"({"name":"a","api_url":"http://a",)" + more + "}";
    };
    const std::pair<std::string, int> cases[] = {
        {"", 400},
        {"{", 400},
        {"[]", 400},
        {"null", 400},
        {std::string(100'000, '['), 400},
        {body("\"region\":\"\xff\""), 400},
        {body("\"region\":\"\\u0000\""), 400},
        {body(std::string("\"region\":\"\0\"", 12)), 400},
        {body(R"("name":"b")"), 400},
        {"{}", 422},
        {R"({"name":"a"})", 422},
        {R"({"api_url":"http://a"})", 422},
        {body(R"("colour":1)"), 422},
        {body(R"("tags":"x")"), 422},
        {body(R"("tags":[1])"), 422},
        {body(R"("tags":[{}])"), 422},
        {body(R"("metadata":"x")"), 422},
        {body(R"("status":true)"), 422},
        {body(R"("region":"a\nb")"), 422},
        {body(R"("metadata":{"x":")" + std::string(17'000, 'x') + "\"}"), 422},
        {R"({"name":"taken","api_url":"http://a"})", 409},
    };
    for (const auto& [text, status] : cases) {
      const auto response =
          f.ask("admin", "POST", kServers, text, {{"content-type", "application/json"}});
      const std::string what = text.substr(0, 80) + " -> " + response.body;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, status, response.status);
      CPPUNIT_ASSERT_MESSAGE(what, is_utf8(response.body));
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.live.size());
    std::string tags;
    for (int i = 0; i < 65; ++i) tags += (i ? ",\"" : "\"") + std::to_string(i) + "\"";
    CPPUNIT_ASSERT_EQUAL(422, f.post(body("\"tags\":[" + tags + "]")).status);
  }

  void refuses_wrong_content_types() {
    ApiFixture f;
    const std::string server = ApiFixture::path_of(f.add("a"));
    const auto with = [&](const char* method, const std::string& target, const std::string& type) {
      return f.ask("admin", method, target, "{}", {{"content-type", type}});
    };
    for (const char* bad :
         {"", "text/plain", "application/jsonx", "application/json; charset=latin1",
          "application/x-www-form-urlencoded"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 415, with("POST", kServers, bad).status);
      const auto patched = with("PATCH", server, bad);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 415, patched.status);
      CPPUNIT_ASSERT(patched.header("Accept-Patch") != nullptr);
    }
    CPPUNIT_ASSERT_EQUAL(415, with("POST", kServers, "application/merge-patch+json").status);
    CPPUNIT_ASSERT_EQUAL(422, with("POST", kServers, "Application/JSON; charset=\"UTF-8\"").status);
    CPPUNIT_ASSERT_EQUAL(200, with("PATCH", server, "application/json").status);
  }

  void wants_a_token_for_everything_but_its_own_health() {
    ApiFixture f;
    for (const char* target : {"/api/v1/fleet/servers", "/api/v1/fleet/summary", "/api", "/nothing",
                               "/api/v1/fleet/servers/x/metrics", "/metrics", "/"}) {
      const auto none = f.ask("", "GET", target);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(target, 401, none.status);
      CPPUNIT_ASSERT_EQUAL(std::string("Bearer realm=\"fleet\""), *none.header("WWW-Authenticate"));
      const auto bad = f.ask("wrong", "GET", target);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(target, 401, bad.status);
      CPPUNIT_ASSERT_EQUAL(std::string("invalid_token"), at(bad, "code"));
    }
    CPPUNIT_ASSERT_EQUAL(401, f.ask("", "PUT", kServers).status);
    CPPUNIT_ASSERT_EQUAL(401, f.ask("", "POST", kServers, "{}").status);
    CPPUNIT_ASSERT_EQUAL(400, f.ask("two words", "GET", kServers).status);
  }

  void lets_each_role_do_its_part() {
    ApiFixture f;
    const std::string server = ApiFixture::path_of(f.add("a"));
    const std::tuple<const char*, std::string, const char*> needs[] = {
        {"POST", kServers, "admin"},
        {"PATCH", server, "admin"},
        {"DELETE", server, "admin"},
        {"POST", server + "/health-check", "operator"},
        {"GET", "/api/v1/fleet/partitions", "platform"},
        {"GET", server, "viewer"}};
    const std::vector<std::string> roles{"viewer", "operator", "admin", "platform"};
    for (const auto& [method, target, needed] : needs) {
      bool enough = false;
      for (const std::string& role : roles) {
        enough = enough || role == needed;
        // A body that is refused, so that nothing happens where the role is enough.
        const int status = f.ask(role, method, target, "{}", {{"if-match", "\"9\""}}).status;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(role + " " + method + " " + target, enough, status != 403);
      }
    }
    const auto denied = f.ask("viewer", "POST", kServers, "{}");
    CPPUNIT_ASSERT_EQUAL(std::string("Bearer realm=\"fleet\", error=\"insufficient_scope\", "
                                     "scope=\"admin\""),
                         *denied.header("WWW-Authenticate"));
  }

  void forgets_a_revoked_token() {
    ApiFixture f;
    CPPUNIT_ASSERT_EQUAL(200, f.get(kServers).status);
    const auto token = test::must(f.tokens.find_by_sha256(sha256(ApiFixture::secret("viewer"))));
    test::must(f.tokens.revoke(token.organization, token.id));
    f.clock.advance(31s);
    CPPUNIT_ASSERT_EQUAL(401, f.get(kServers).status);
  }

  void names_the_methods_of_a_path() {
    ApiFixture f;
    const auto options = f.ask("viewer", "OPTIONS", kServers);
    CPPUNIT_ASSERT_EQUAL(204, options.status);
    CPPUNIT_ASSERT_EQUAL(std::string("OPTIONS, GET, HEAD, POST"), *options.header("Allow"));
    const auto wrong = f.ask("viewer", "PUT", kServers);
    CPPUNIT_ASSERT_EQUAL(std::string("OPTIONS, GET, HEAD, POST"), *wrong.header("Allow"));
    CPPUNIT_ASSERT_EQUAL(200, f.ask("viewer", "HEAD", kServers).status);
    CPPUNIT_ASSERT_EQUAL(404, f.ask("viewer", "OPTIONS", "/nothing").status);
  }

  void shapes_every_refusal_alike() {
    ApiFixture f;
    for (const auto& response :
         {f.ask("viewer", "GET", "/nothing"), f.ask("", "GET", kServers), f.post("{}"),
          f.ask("viewer", "PUT", kServers), f.get(kServers + "?limit=x")}) {
      CPPUNIT_ASSERT_EQUAL(std::string("application/problem+json"), response.content_type);
      CPPUNIT_ASSERT_EQUAL("urn:muster:problem:" + at(response, "code"), at(response, "type"));
      CPPUNIT_ASSERT_EQUAL(std::to_string(response.status), at(response, "status"));
      CPPUNIT_ASSERT_EQUAL(std::string("request-1"), at(response, "request_id"));
      CPPUNIT_ASSERT(!at(response, "title").empty() && !at(response, "detail").empty());
    }
  }

  void says_unavailable_without_a_database() {
    ConnectionSettings nowhere{"host=127.0.0.1 port=1 dbname=secret_name user=nobody"};
    nowhere.connect_timeout = 500ms;
    ApiFixture f({}, nowhere);
    const auto refused = f.get(kServers);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(refused.body, 503, refused.status);
    CPPUNIT_ASSERT(refused.header("Retry-After") != nullptr);
    CPPUNIT_ASSERT(refused.body.find("127.0.0.1") == std::string::npos);
    CPPUNIT_ASSERT_EQUAL(200, f.ask("", "GET", "/-/healthy").status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ApiTest);
}  // namespace muster
