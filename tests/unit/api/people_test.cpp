// Tokens, sessions, organizations, their quotas and the audit log, as clients see them.
#include "aggregator/storage/bearer_token.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using namespace std::chrono_literals;

class PeopleTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PeopleTest);
  CPPUNIT_TEST(a_token_is_shown_once_and_works_until_revoked);
  CPPUNIT_TEST(a_token_cannot_rise_above_its_maker);
  CPPUNIT_TEST(a_new_tokens_mistakes_are_told_at_once);
  CPPUNIT_TEST(tokens_of_others_are_not_found);
  CPPUNIT_TEST(revoked_tokens_do_not_count);
  CPPUNIT_TEST(tokens_are_listed_in_pages);
  CPPUNIT_TEST(a_token_has_a_version);
  CPPUNIT_TEST(me_tells_who_asks);
  CPPUNIT_TEST(a_session_stands_for_its_token);
  CPPUNIT_TEST(a_session_changes_things_from_its_own_pages_only);
  CPPUNIT_TEST(a_token_has_so_many_sessions_only);
  CPPUNIT_TEST(signing_in_is_recorded);
  CPPUNIT_TEST(over_tls_the_cookie_is_this_hosts_alone);
  CPPUNIT_TEST(organizations_are_made_and_changed);
  CPPUNIT_TEST(the_default_organization_keeps_its_name);
  CPPUNIT_TEST(the_quota_of_servers_holds);
  CPPUNIT_TEST(the_quota_of_checks_holds);
  CPPUNIT_TEST(the_audit_log_tells_who_did_what);
  CPPUNIT_TEST(the_audit_log_cannot_be_changed);
  CPPUNIT_TEST(nothing_changes_when_it_cannot_be_recorded);
  CPPUNIT_TEST(what_is_not_acceptable_is_refused);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kTokens = "/api/v1/fleet/tokens";
  static constexpr const char* kSession = "/api/v1/fleet/session";
  static constexpr const char* kAudit = "/api/v1/fleet/audit";
  static constexpr const char* kOrganizations = "/api/v1/fleet/organizations";
  static constexpr const char* kServers = "/api/v1/fleet/servers";

  static void expect(int status, const ApiResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, status, response.status);
  }

  void a_token_is_shown_once_and_works_until_revoked() {
    ApiFixture f;
    const auto made = f.ask("admin", "POST", kTokens,
                            R"({"name":"ci","role":"viewer","expires_at":"2026-11-24T08:00:00Z"})");
    expect(201, made);
    const std::string token = f.at(made, "token"), path = *made.header("Location");
    CPPUNIT_ASSERT(token.starts_with("mst_"));
    expect(200, f.ask(token, "GET", kServers));
    const auto shown = f.ask("admin", "GET", path);
    CPPUNIT_ASSERT_EQUAL(token.substr(0, 8), f.at(shown, "prefix"));
    CPPUNIT_ASSERT(shown.body.find(token) == std::string::npos);
    expect(204, f.ask("admin", "DELETE", path));
    expect(401, f.ask(token, "GET", kServers));
    CPPUNIT_ASSERT(f.at(f.ask("admin", "GET", path), "revoked_at") != "null");
  }

  void a_token_cannot_rise_above_its_maker() {
    ApiFixture f;
    expect(403, f.ask("operator", "POST", kTokens, R"({"name":"x","role":"viewer"})"));
    expect(422, f.ask("admin", "POST", kTokens, R"({"name":"x","role":"platform"})"));
    const std::string above = std::string(kTokens) + "?scope=platform";
    expect(400, f.ask("admin", "POST", above, R"({"name":"x","role":"platform"})"));
    expect(201, f.ask("platform", "POST", above, R"({"name":"x","role":"platform"})"));
  }

  void a_new_tokens_mistakes_are_told_at_once() {
    ApiFixture f;
    const auto refused = f.ask("admin", "POST", kTokens,
                               R"({"role":"king","expires_at":"2020-01-01T00:00:00Z","x":1})");
    expect(422, refused);
    for (const char* pointer : {"/name", "/role", "/expires_at", "/x"}) {
      CPPUNIT_ASSERT_MESSAGE(
          pointer, refused.body.find(std::string(pointer + 1) + "\"") != std::string::npos);
    }
  }

  void tokens_of_others_are_not_found() {
    ApiFixture f;
    const auto made = f.ask("admin", "POST", kTokens, R"({"name":"ci","role":"viewer"})");
    const std::string path = *made.header("Location");
    expect(404, f.ask("other", "GET", path));
    expect(404, f.ask("other", "DELETE", path));
    expect(200, f.ask(f.at(made, "token"), "GET", kServers));
    CPPUNIT_ASSERT(f.ask("other", "GET", kTokens).body.find("ci") == std::string::npos);
  }

  void revoked_tokens_do_not_count() {
    ApiFixture f;
    const std::string body = R"({"name":"ci","role":"viewer"})";
    f.data.sql(
        "INSERT INTO api_tokens (org_id, role, name, sha256, prefix, revoked_at) "
        "SELECT 1, 'viewer', 'old', sha256(i::text::bytea), 'mst_', now() "
        "FROM generate_series(1, 1000) AS i");
    expect(201, f.ask("admin", "POST", kTokens, body));
    f.data.sql("UPDATE api_tokens SET revoked_at = NULL WHERE name = 'old'");
    expect(403, f.ask("admin", "POST", kTokens, body));
    expect(201, f.ask("other", "POST", kTokens, body));
  }

  void tokens_are_listed_in_pages() {
    ApiFixture f;
    std::string page = std::string(kTokens) + "?limit=2", names;
    for (const std::size_t wanted : {2, 2, 1}) {
      const auto listed = f.ask("admin", "GET", page);
      expect(200, listed);
      CPPUNIT_ASSERT_EQUAL(wanted, f.items(listed));
      for (std::size_t i = 0; i < wanted; ++i) {
        names += f.at(listed, "items[" + std::to_string(i) + "].name") + " ";
      }
      CPPUNIT_ASSERT_EQUAL(wanted == 2, listed.header("Link") != nullptr);
      page = std::string(kTokens) + "?limit=2&cursor=" + f.at(listed, "next_cursor");
    }
    for (const char* name : {"viewer ", "operator ", "admin ", "expired ", "revoked "}) {
      CPPUNIT_ASSERT_MESSAGE(names, names.find(name) != std::string::npos);
    }
    expect(400, f.ask("admin", "GET", std::string(kTokens) + "?cursor=x"));
    expect(400, f.ask("admin", "GET", std::string(kTokens) + "?limit=501"));
  }

  void a_token_has_a_version() {
    ApiFixture f;
    const auto made = f.ask("admin", "POST", kTokens, R"({"name":"ci","role":"viewer"})");
    const std::string path = *made.header("Location");
    const std::string tag = *f.ask("admin", "GET", path).header("ETag");
    expect(200, f.ask(f.at(made, "token"), "GET", kServers));  // being used is no change
    expect(304, f.ask("admin", "GET", path, "", {{"if-none-match", tag}}));
    expect(412, f.ask("admin", "DELETE", path, "", {{"if-match", "\"9\""}}));
    expect(204, f.ask("admin", "DELETE", path, "", {{"if-match", tag}}));
    expect(412, f.ask("admin", "DELETE", path, "", {{"if-match", tag}}));
    CPPUNIT_ASSERT(tag != *f.ask("admin", "GET", path).header("ETag"));
  }

  void me_tells_who_asks() {
    ApiFixture f;
    const auto me = f.ask("operator", "GET", "/api/v1/fleet/me");
    CPPUNIT_ASSERT_EQUAL(std::string("operator"), f.at(me, "token.role"));
    CPPUNIT_ASSERT_EQUAL(std::string("default"), f.at(me, "organization.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"),
                         f.at(f.ask("platform", "GET", "/api/v1/fleet/me"), "organization"));
  }

  // The cookie that was set, as a browser sends it.
  static std::string cookie_of(const ApiResponse& response) {
    const std::string cookie = *response.header("Set-Cookie");
    CPPUNIT_ASSERT(cookie.find("; HttpOnly") != std::string::npos);
    CPPUNIT_ASSERT(cookie.find("; SameSite=Strict") != std::string::npos);
    return cookie.substr(0, cookie.find(';'));
  }

  static std::string signing_in(const std::string& token) {
    return R"({"token":")" + ApiFixture::secret(token) + R"("})";
  }

  void a_session_stands_for_its_token() {
    ApiFixture f;
    expect(401, f.ask("", "POST", kSession, signing_in("nobody")));
    const auto opened = f.ask("", "POST", kSession, signing_in("viewer"));
    expect(201, opened);
    const std::map<std::string, std::string> headers{{"cookie", cookie_of(opened)}};
    const auto me = f.ask("", "GET", "/api/v1/fleet/me", "", headers);
    CPPUNIT_ASSERT_EQUAL(std::string("viewer"), f.at(me, "token.role"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), f.at(me, "by_session"));
    auto own = headers;
    own["origin"] = "http://muster";
    own["host"] = "muster";
    expect(204, f.ask("", "DELETE", kSession, "", own));
    expect(401, f.ask("", "GET", "/api/v1/fleet/me", "", headers));

    const std::string second = cookie_of(f.ask("", "POST", kSession, signing_in("viewer")));
    expect(200, f.ask("", "GET", "/api/v1/fleet/me", "", {{"cookie", second}}));
    f.clock.advance(13h);
    expect(401, f.ask("", "GET", "/api/v1/fleet/me", "", {{"cookie", second}}));
  }

  void a_session_changes_things_from_its_own_pages_only() {
    ApiFixture f;
    const std::string cookie = cookie_of(f.ask("", "POST", kSession, signing_in("admin")));
    const std::string body = R"({"name":"a","api_url":"http://a.example"})";
    const std::map<std::string, std::string> none{{"cookie", cookie}, {"host", "muster:8470"}};
    auto foreign = none, own = none, site = none;
    foreign["origin"] = "http://evil.example";
    own["origin"] = "http://Muster:8470";
    site["sec-fetch-site"] = "cross-site";
    expect(403, f.ask("", "POST", kServers, body, none));
    expect(403, f.ask("", "POST", kServers, body, foreign));
    expect(403, f.ask("", "POST", kServers, body, site));
    expect(200, f.ask("", "GET", kServers, "", foreign));
    expect(201, f.ask("", "POST", kServers, body, own));
    expect(403, f.ask("", "POST", kSession, signing_in("admin"),
                      {{"origin", "http://evil.example"}, {"host", "muster:8470"}}));
  }

  void a_token_has_so_many_sessions_only() {
    ApiFixture f;
    const auto sign_in = [&](const char* who) {
      f.clock.advance(1s);
      return cookie_of(f.ask("", "POST", kSession, signing_in(who)));
    };
    const auto me = [&](const std::string& cookie) {
      return f.ask("", "GET", "/api/v1/fleet/me", "", {{"cookie", cookie}}).status;
    };
    const std::string others = sign_in("operator"), first = sign_in("viewer");
    CPPUNIT_ASSERT_EQUAL(200, me(first));
    std::string last;
    for (int i = 0; i < SessionRepository::kMostOfAToken; ++i) last = sign_in("viewer");
    CPPUNIT_ASSERT_EQUAL(401, me(first));
    CPPUNIT_ASSERT_EQUAL(200, me(last));
    CPPUNIT_ASSERT_EQUAL(200, me(others));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{SessionRepository::kMostOfAToken} + 1,
                         f.data.number("SELECT count(*) FROM api_sessions"));
  }

  void signing_in_is_recorded() {
    ApiFixture f;
    expect(401, f.ask("", "POST", kSession, signing_in("nobody")));
    expect(201, f.ask("", "POST", kSession, signing_in("viewer")));
    expect(201, f.ask("", "POST", kSession, signing_in("platform")));
    const auto log = f.ask("admin", "GET", kAudit);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.items(log));
    CPPUNIT_ASSERT_EQUAL(std::string(kSession), f.at(log, "items[0].route"));
    CPPUNIT_ASSERT_EQUAL(std::string("viewer"), f.at(log, "items[0].token.name"));
    CPPUNIT_ASSERT_EQUAL(std::string("201"), f.at(log, "items[0].status"));
    CPPUNIT_ASSERT(log.body.find(ApiFixture::secret("viewer")) == std::string::npos);
    const auto above = f.ask("platform", "GET", std::string(kAudit) + "?scope=platform");
    CPPUNIT_ASSERT_EQUAL(std::string("platform"), f.at(above, "items[0].token.name"));
  }

  void over_tls_the_cookie_is_this_hosts_alone() {
    ApiSettings settings;
    settings.tls_certificate = "chain.pem";
    ApiFixture f(settings);
    const auto opened = f.ask("", "POST", kSession, signing_in("viewer"));
    const std::string cookie = cookie_of(opened);
    CPPUNIT_ASSERT(cookie.starts_with("__Host-muster_session="));
    for (const char* needed : {"; Secure", "; Path=/;"}) {
      CPPUNIT_ASSERT_MESSAGE(needed,
                             opened.header("Set-Cookie")->find(needed) != std::string::npos);
    }
    CPPUNIT_ASSERT(opened.header("Set-Cookie")->find("Domain") == std::string::npos);
    expect(200, f.ask("", "GET", "/api/v1/fleet/me", "", {{"cookie", cookie}}));
    const std::string plain = cookie.substr(std::string("__Host-").size());
    expect(401, f.ask("", "GET", "/api/v1/fleet/me", "", {{"cookie", plain}}));
  }

  void the_default_organization_keeps_its_name() {
    ApiFixture f;
    const auto all = f.ask("platform", "GET", kOrganizations);
    const std::string path = std::string(kOrganizations) + "/" + f.at(all, "items[0].id");
    expect(422, f.ask("platform", "PATCH", path, R"({"name":"acme"})"));
    expect(200, f.ask("platform", "PATCH", path, R"({"name":"default"})"));
    f.data.sql("UPDATE organizations SET name = 'renamed' WHERE name = 'default'");
    f.clock.advance(31s);
    expect(200, f.ask("platform", "GET", kOrganizations));
    expect(201, f.ask("platform", "POST", kOrganizations, R"({"name":"acme"})"));
    expect(400, f.ask("platform", "GET", std::string(kOrganizations) + "?organization=nobody"));
    expect(400, f.ask("platform", "GET", kServers));
    expect(200, f.ask("platform", "GET", std::string(kServers) + "?organization=renamed"));
  }

  void organizations_are_made_and_changed() {
    ApiFixture f;
    expect(403, f.ask("admin", "GET", kOrganizations));
    const auto made = f.ask("platform", "POST", kOrganizations,
                            R"({"name":"acme","quotas":{"servers":5,"requests_per_minute":null}})");
    expect(201, made);
    const std::string path = *made.header("Location");
    expect(409, f.ask("platform", "POST", kOrganizations, R"({"name":"acme"})"));
    expect(422, f.ask("platform", "POST", kOrganizations, R"({"name":"A b","quotas":{"x":1}})"));
    expect(412, f.ask("platform", "PATCH", path, R"({"name":"b"})", {{"if-match", "\"9\""}}));
    const auto changed =
        f.ask("platform", "PATCH", path, R"({"quotas":{"servers":null}})", {{"if-match", "\"1\""}});
    expect(200, changed);
    CPPUNIT_ASSERT_EQUAL(std::string("null"), f.at(changed, "quotas.servers"));
    CPPUNIT_ASSERT_EQUAL(std::string("acme"), f.at(changed, "name"));
    expect(304, f.ask("platform", "GET", path, "", {{"if-none-match", "\"2\""}}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, f.items(f.ask("platform", "GET", kOrganizations)));
    expect(200, f.ask("platform", "GET", std::string(kServers) + "?organization=acme"));
  }

  std::string set_quota(ApiFixture& f, const std::string& quotas) {
    const auto all = f.ask("platform", "GET", kOrganizations);
    const std::string path = std::string(kOrganizations) + "/" + f.at(all, "items[0].id");
    CPPUNIT_ASSERT_EQUAL(std::string("default"), f.at(all, "items[0].name"));
    expect(200, f.ask("platform", "PATCH", path, R"({"quotas":{)" + quotas + "}}"));
    return path;
  }

  void the_quota_of_servers_holds() {
    ApiFixture f;
    set_quota(f, R"("servers":1)");
    f.add("a");
    const auto refused = f.post(R"({"name":"b","api_url":"http://b.example"})");
    expect(403, refused);
    CPPUNIT_ASSERT_EQUAL(std::string("quota_exceeded"), f.at(refused, "code"));
    f.add("b", "", "other");
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.items(f.get(kServers)));
  }

  void the_quota_of_checks_holds() {
    ApiFixture f;
    set_quota(f, R"("checks_per_second":1)");
    f.add("a");
    const std::string more = R"({"name":"b","api_url":"http://b.example")";
    expect(403, f.post(more + "}"));
    const auto idle = f.post(more + R"(,"status":"disabled"})");
    expect(201, idle);
    const std::string path = *idle.header("Location");
    expect(403, f.ask("admin", "PATCH", path, R"({"status":"active"})"));
    expect(200, f.ask("admin", "PATCH", path, R"({"region":"eu"})"));
  }

  void the_audit_log_tells_who_did_what() {
    ApiFixture f;
    const std::string id = f.add("a");
    f.get(kServers);
    expect(200, f.ask("admin", "PATCH", ApiFixture::path_of(id),
                      R"({"api_token":"geheim","region":"eu"})"));
    expect(404, f.ask("admin", "DELETE", ApiFixture::path_of("nothing")));
    expect(403, f.ask("operator", "GET", kAudit));
    const auto log = f.ask("admin", "GET", kAudit);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, f.items(log));
    CPPUNIT_ASSERT_EQUAL(std::string("404"), f.at(log, "items[0].status"));
    CPPUNIT_ASSERT_EQUAL(std::string("PATCH"), f.at(log, "items[1].method"));
    CPPUNIT_ASSERT_EQUAL(std::string("admin"), f.at(log, "items[1].token.name"));
    CPPUNIT_ASSERT(log.body.find("[\"api_token\",\"region\"]") != std::string::npos);
    CPPUNIT_ASSERT(log.body.find("geheim") == std::string::npos);
    CPPUNIT_ASSERT(f.at(log, "items[2].location").find(id) != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.items(f.ask("other", "GET", kAudit)));
    const auto first = f.ask("admin", "GET", std::string(kAudit) + "?limit=2");
    const auto rest = f.ask("admin", "GET",
                            std::string(kAudit) + "?limit=2&cursor=" + f.at(first, "next_cursor"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.items(rest));
  }

  void the_audit_log_cannot_be_changed() {
    ApiFixture f;
    f.add("a");
    for (const char* sql : {"DELETE FROM audit_log", "UPDATE audit_log SET path = 'x'",
                            "UPDATE audit_log SET status = 500", "TRUNCATE audit_log"}) {
      auto connection = f.data.connect();
      const auto done = connection.exec(sql);
      CPPUNIT_ASSERT_MESSAGE(sql, !done && done.error().sqlstate == "42501");
    }
  }

  void nothing_changes_when_it_cannot_be_recorded() {
    ApiFixture f;
    f.data.sql("ALTER TABLE audit_log ADD CHECK (path = '')");
    CPPUNIT_ASSERT(f.post(R"({"name":"b","api_url":"http://b.example"})").status >= 400);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, f.items(f.get(kServers)));
  }

  void what_is_not_acceptable_is_refused() {
    ApiFixture f;
    expect(406, f.ask("viewer", "GET", kServers, "", {{"accept", "text/html"}}));
    expect(200, f.ask("viewer", "GET", kServers, "", {{"accept", "text/html, */*;q=0.1"}}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PeopleTest);
}  // namespace muster
