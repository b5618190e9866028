#include "aggregator/api/authenticator.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/base/sha256.h"
#include "tests/fakes/fake_clock.h"

namespace muster {
using namespace std::chrono_literals;

class AuthenticatorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AuthenticatorTest);
  CPPUNIT_TEST(asks_bare_when_there_are_no_credentials);
  CPPUNIT_TEST(refuses_a_malformed_header);
  CPPUNIT_TEST(looks_up_the_digest_of_the_token);
  CPPUNIT_TEST(refuses_an_unknown_token_every_time);
  CPPUNIT_TEST(remembers_a_good_token_for_half_a_minute);
  CPPUNIT_TEST(forgets_a_token_when_it_expires);
  CPPUNIT_TEST(takes_the_cookie_of_a_session);
  CPPUNIT_TEST(forgets_a_revoked_token_when_told);
  CPPUNIT_TEST(an_address_may_fail_so_often_only);
  CPPUNIT_TEST(says_unavailable_when_the_database_is);
  CPPUNIT_TEST(compares_roles);
  CPPUNIT_TEST_SUITE_END();

  test::FakeClock clock_;
  Result<TokenRecord> answer_{TokenRecord{}};
  int lookups_ = 0;
  std::string asked_;
  Authenticator authenticator_{{[this](const std::string& digest) {
                                  ++lookups_;
                                  asked_ = digest;
                                  return answer_;
                                },
                                [this](const std::string& digest) {
                                  asked_ = "session " + digest;
                                  return answer_;
                                }},
                               clock_};

  tl::expected<Principal, Problem> with(const std::string& header) {
    ApiRequest request;
    request.headers["authorization"] = header;
    return authenticator_.authenticate(request);
  }

  tl::expected<Principal, Problem> with_cookie(const std::string& cookie) {
    ApiRequest request;
    request.headers["cookie"] = cookie;
    return authenticator_.authenticate(request);
  }

  static std::string challenge(const Problem& problem) {
    for (const auto& [name, value] : problem.headers) {
      if (name == "WWW-Authenticate") return value;
    }
    return "";
  }

  void asks_bare_when_there_are_no_credentials() {
    const auto none = authenticator_.authenticate(ApiRequest());
    CPPUNIT_ASSERT(none.error().code == ProblemCode::kUnauthenticated);
    CPPUNIT_ASSERT_EQUAL(std::string("Bearer realm=\"fleet\""), challenge(none.error()));
    CPPUNIT_ASSERT(with("Basic dTpw").error().code == ProblemCode::kUnauthenticated);
    CPPUNIT_ASSERT(with("").error().code == ProblemCode::kUnauthenticated);
  }

  void refuses_a_malformed_header() {
    for (const char* bad : {"Bearer", "Bearer ", "bearer  ", "Bearer a b", "Bearer a, Bearer b",
                            "Bearer \xc3\xa9", "Bearer \"x\""}) {
      const auto refused = with(bad);
      CPPUNIT_ASSERT_MESSAGE(bad, refused.error().code == ProblemCode::kMalformedCredentials);
      CPPUNIT_ASSERT(challenge(refused.error()).find("error=\"invalid_request\"") !=
                     std::string::npos);
    }
    CPPUNIT_ASSERT(!with("Bearer " + std::string(300, 'x')));
    CPPUNIT_ASSERT_EQUAL(0, lookups_);
  }

  void looks_up_the_digest_of_the_token() {
    answer_->role = Role::kOperator;
    answer_->organization = 3;
    const auto principal = with("bEaReR mst_a1-._~+/=");
    CPPUNIT_ASSERT(principal->role == Role::kOperator);
    CPPUNIT_ASSERT(principal->home == 3);
    CPPUNIT_ASSERT_EQUAL(sha256("mst_a1-._~+/="), asked_);
  }

  void refuses_an_unknown_token_every_time() {
    answer_ = fail(ErrorCode::kNotFound, "no such token");
    const auto refused = with("Bearer x");
    CPPUNIT_ASSERT(refused.error().code == ProblemCode::kInvalidToken);
    CPPUNIT_ASSERT_EQUAL(std::string("Bearer realm=\"fleet\", error=\"invalid_token\""),
                         challenge(refused.error()));
    answer_ = TokenRecord{};
    CPPUNIT_ASSERT(with("Bearer x").has_value());
  }

  void remembers_a_good_token_for_half_a_minute() {
    CPPUNIT_ASSERT(with("Bearer x"));
    answer_ = fail(ErrorCode::kNotFound, "revoked");
    clock_.advance(29s);
    CPPUNIT_ASSERT(with("Bearer x"));
    CPPUNIT_ASSERT(!with("Bearer y"));
    clock_.advance(2s);
    CPPUNIT_ASSERT(!with("Bearer x"));
    CPPUNIT_ASSERT_EQUAL(3, lookups_);
  }

  void forgets_a_token_when_it_expires() {
    answer_->expires_at = clock_.wall() + 5s;
    CPPUNIT_ASSERT(with("Bearer x"));
    answer_ = fail(ErrorCode::kNotFound, "expired");
    clock_.advance(4s);
    CPPUNIT_ASSERT(with("Bearer x"));
    clock_.advance(1s);
    CPPUNIT_ASSERT(!with("Bearer x"));
  }

  void takes_the_cookie_of_a_session() {
    const auto principal = with_cookie("theme=dark; muster_session=mss_abc; x=y");
    CPPUNIT_ASSERT(principal && principal->by_session);
    CPPUNIT_ASSERT_EQUAL("session " + sha256("mss_abc"), asked_);
    CPPUNIT_ASSERT(!with("Bearer t")->by_session);
    CPPUNIT_ASSERT(with_cookie("muster_session_2=x").error().code == ProblemCode::kUnauthenticated);
    answer_ = fail(ErrorCode::kNotFound, "");
    CPPUNIT_ASSERT(with_cookie("muster_session=gone").error().code ==
                   ProblemCode::kUnauthenticated);
  }

  void forgets_a_revoked_token_when_told() {
    answer_->id = Uuid::random();
    CPPUNIT_ASSERT(with("Bearer t"));
    authenticator_.forget(answer_->id);
    answer_ = fail(ErrorCode::kNotFound, "");
    CPPUNIT_ASSERT(with("Bearer t").error().code == ProblemCode::kInvalidToken);
  }

  void an_address_may_fail_so_often_only() {
    CPPUNIT_ASSERT(with("Bearer good"));
    answer_ = fail(ErrorCode::kNotFound, "");
    for (int i = 0; i < 600; ++i) {
      CPPUNIT_ASSERT(with("Bearer x").error().code == ProblemCode::kInvalidToken);
    }
    const int before = lookups_;
    CPPUNIT_ASSERT(with("Bearer x").error().code == ProblemCode::kRateLimited);
    CPPUNIT_ASSERT_EQUAL(before, lookups_);
    CPPUNIT_ASSERT_MESSAGE("a known token is let in", with("Bearer good"));
    clock_.advance(1s);
    CPPUNIT_ASSERT(with("Bearer x").error().code == ProblemCode::kInvalidToken);
  }

  void says_unavailable_when_the_database_is() {
    for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
      answer_ = fail(code, "connection to 10.0.0.9 refused");
      const auto refused = with("Bearer x");
      CPPUNIT_ASSERT(refused.error().code == ProblemCode::kUnavailable);
      CPPUNIT_ASSERT(refused.error().detail.find("10.0.0.9") == std::string::npos);
    }
  }

  void compares_roles() {
    const auto denied = [](Role role, Access access) {
      return Authenticator::denied({{}, role, 1}, access);
    };
    CPPUNIT_ASSERT(!denied(Role::kViewer, Access::kViewer));
    CPPUNIT_ASSERT(denied(Role::kViewer, Access::kOperator));
    CPPUNIT_ASSERT(denied(Role::kOperator, Access::kAdmin));
    CPPUNIT_ASSERT(!denied(Role::kPlatform, Access::kAdmin));
    const auto problem = denied(Role::kViewer, Access::kAdmin);
    CPPUNIT_ASSERT(problem->code == ProblemCode::kInsufficientScope);
    CPPUNIT_ASSERT(challenge(*problem).find("scope=\"admin\"") != std::string::npos);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthenticatorTest);
}  // namespace muster
