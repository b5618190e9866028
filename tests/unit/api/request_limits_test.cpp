// Who may ask how often, as clients see it.
#include "aggregator/api/request_limits.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using namespace std::chrono_literals;

class RequestLimitsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RequestLimitsTest);
  CPPUNIT_TEST(tells_what_is_left);
  CPPUNIT_TEST(a_token_leaves_something_to_the_others);
  CPPUNIT_TEST(what_is_refused_counts_and_is_told_its_rates);
  CPPUNIT_TEST(an_organization_at_its_limit_can_be_helped);
  CPPUNIT_TEST(a_request_with_a_body_counts_once);
  CPPUNIT_TEST(an_address_without_a_token_has_a_limit_of_its_own);
  CPPUNIT_TEST(signing_in_counts_for_its_token);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kServers = "/api/v1/fleet/servers";

  static void expect(int status, const ApiResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, status, response.status);
  }

  // Of the organization "default".
  static void set_quota(ApiFixture& f, int requests_per_minute) {
    f.data.sql("UPDATE organizations SET max_requests_per_minute = $1 WHERE name = 'default'",
               {requests_per_minute});
  }

  void tells_what_is_left() {
    ApiFixture f;
    set_quota(f, 4);
    const auto first = f.get(kServers);
    expect(200, first);
    CPPUNIT_ASSERT_EQUAL(std::string(R"("organization";q=4;w=60, "token";q=2;w=60)"),
                         *first.header("RateLimit-Policy"));
    CPPUNIT_ASSERT_EQUAL(std::string(R"("organization";r=3;t=15, "token";r=1;t=30)"),
                         *first.header("RateLimit"));
    const auto above = f.ask("platform", "GET", kServers);
    CPPUNIT_ASSERT_EQUAL(std::string(R"("token";q=60000;w=60)"), *above.header("RateLimit-Policy"));
    CPPUNIT_ASSERT(!f.ask("", "GET", "/docs").header("RateLimit"));
  }

  void a_token_leaves_something_to_the_others() {
    ApiFixture f;
    set_quota(f, 5);
    for (int i = 0; i < 3; ++i) expect(200, f.get(kServers));
    const auto refused = f.get(kServers);
    expect(429, refused);
    CPPUNIT_ASSERT_EQUAL(std::string("20"), *refused.header("Retry-After"));
    for (int i = 0; i < 2; ++i) expect(200, f.ask("operator", "GET", kServers));
    const auto all = f.ask("admin", "GET", kServers);
    expect(429, all);
    CPPUNIT_ASSERT(f.at(all, "detail").find("organization") != std::string::npos);
    expect(200, f.ask("other", "GET", kServers));
    f.clock.advance(12s);
    expect(200, f.ask("admin", "GET", kServers));
  }

  void what_is_refused_counts_and_is_told_its_rates() {
    ApiFixture f;
    set_quota(f, 16);
    const std::map<std::string, std::string> text{{"content-type", "text/plain"}};
    int left = 8;
    for (const auto& refused : {f.ask("viewer", "GET", "/nothing"),                         // 404
                                f.ask("viewer", "PUT", kServers),                           // 405
                                f.ask("viewer", "POST", kServers, "{}"),                    // 403
                                f.ask("viewer", "GET", kServers, "x"),                      // 415
                                f.ask("viewer", "GET", kServers, "", {{"accept", "x/y"}}),  // 406
                                f.ask("viewer", "GET", "/api/v1/fleet/me?x=1"),             // 400
                                f.ask("viewer", "GET", "/api/v1/fleet/me")}) {
      CPPUNIT_ASSERT_MESSAGE(refused.body, refused.header("RateLimit") != nullptr);
      CPPUNIT_ASSERT_MESSAGE(
          *refused.header("RateLimit"),
          refused.header("RateLimit")->find("\"token\";r=" + std::to_string(--left)) !=
              std::string::npos);
    }
    expect(404, f.ask("viewer", "GET", "/nothing"));
    expect(429, f.ask("viewer", "GET", "/nothing"));
  }

  void an_organization_at_its_limit_can_be_helped() {
    ApiFixture f;
    set_quota(f, 1);
    expect(200, f.get(kServers));
    expect(429, f.get(kServers));
    const auto all = f.ask("platform", "GET", "/api/v1/fleet/organizations");
    expect(200,
           f.ask("platform", "PATCH", "/api/v1/fleet/organizations/" + f.at(all, "items[0].id"),
                 R"({"quotas":{"requests_per_minute":600}})"));
    f.clock.advance(1s);
    expect(200, f.get(kServers));
  }

  // It is asked about before its body comes, and once more with it.
  void a_request_with_a_body_counts_once() {
    ApiFixture f;
    const std::string body = R"({"name":"a","api_url":"http://a.example"})";
    ApiRequest request{"POST",
                       kServers,
                       {{"authorization", "Bearer " + ApiFixture::secret("admin")},
                        {"content-type", "application/json"}},
                       "",
                       "request-1"};
    const auto plan = f.api.admit(request);
    CPPUNIT_ASSERT(plan && plan->rates.size() == 2);
    request.body = body;
    request.rates = plan->rates;
    const auto made = f.api.handle(request);
    expect(201, made);
    CPPUNIT_ASSERT_EQUAL(std::string(R"("organization";r=59999;t=1, "token";r=29999;t=1)"),
                         *made.header("RateLimit"));
    request.headers["content-type"] = "text/plain";
    const auto refused = f.api.admit(request);
    CPPUNIT_ASSERT(!refused && refused.error().header("RateLimit") != nullptr);
  }

  void an_address_without_a_token_has_a_limit_of_its_own() {
    ApiFixture f;
    const auto from = [&](const std::string& peer, const std::string& target,
                          const std::string& token = "") {
      ApiRequest request{"GET", target, {}, "", "request-1", peer};
      if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
      return f.api.handle(std::move(request)).status;
    };
    for (int i = 0; i < RequestLimits::kAnonymousQuota; ++i) {
      CPPUNIT_ASSERT_EQUAL(401, from("10.0.0.1", kServers, i % 2 == 0 ? "" : "typo"));
    }
    CPPUNIT_ASSERT_EQUAL(429, from("10.0.0.1", kServers));
    CPPUNIT_ASSERT_EQUAL(429, from("10.0.0.1", kServers, ApiFixture::secret("nobody")));
    CPPUNIT_ASSERT_EQUAL(429, from("10.0.0.1", "/api/v1/fleet/openapi.json"));
    CPPUNIT_ASSERT_EQUAL(200, from("10.0.0.1", "/-/healthy"));
    CPPUNIT_ASSERT_EQUAL(200, from("10.0.0.1", "/-/ready"));
    CPPUNIT_ASSERT_EQUAL(200, from("10.0.0.1", kServers, ApiFixture::secret("viewer")));
    CPPUNIT_ASSERT_EQUAL(401, from("10.0.0.2", kServers));
    f.clock.advance(1s);
    CPPUNIT_ASSERT_EQUAL(401, from("10.0.0.1", kServers));
  }

  void signing_in_counts_for_its_token() {
    ApiFixture f;
    set_quota(f, 4);
    const std::string body = R"({"token":")" + ApiFixture::secret("viewer") + R"("})";
    for (int i = 0; i < 2; ++i) expect(201, f.ask("", "POST", "/api/v1/fleet/session", body));
    const auto refused = f.ask("", "POST", "/api/v1/fleet/session", body);
    expect(429, refused);
    CPPUNIT_ASSERT(refused.header("RateLimit") != nullptr);
    expect(429, f.get(kServers));
    expect(200, f.ask("admin", "GET", kServers));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RequestLimitsTest);
}  // namespace muster
