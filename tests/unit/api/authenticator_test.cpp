#include "aggregator/api/authenticator.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/bearer_token.h"
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
  CPPUNIT_TEST(does_not_remember_what_was_revoked_during_its_lookup);
  CPPUNIT_TEST(neither_kind_is_taken_for_the_other);
  CPPUNIT_TEST(a_typo_does_not_reach_the_database);
  CPPUNIT_TEST(failures_of_others_lock_nobody_out);
  CPPUNIT_TEST(says_unavailable_when_the_database_is);
  CPPUNIT_TEST(compares_roles);
  CPPUNIT_TEST_SUITE_END();

  test::FakeClock clock_;
  Result<TokenRecord> answer_{TokenRecord{}};
  int lookups_ = 0;
  std::function<void()> during_lookup_;
  std::string asked_;
  Authenticator authenticator_{{[this](const std::string& digest) {
                                  ++lookups_;
                                  asked_ = digest;
                                  if (during_lookup_) during_lookup_();
                                  return answer_;
                                },
                                [this](const std::string& digest) {
                                  asked_ = "session " + digest;
                                  return answer_;
                                }},
                               SessionCookie(false),
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

  static std::string made(std::string_view prefix, std::string name) {
    name.resize(30, '0');
    return with_checksum(std::string(prefix) + name);
  }

  tl::expected<Principal, Problem> with_token(const std::string& name) {
    return with("Bearer " + made(kApiTokenPrefix, name));
  }

  tl::expected<Principal, Problem> with_session(const std::string& name) {
    return with_cookie("theme=dark; muster_session=" + made(kSessionPrefix, name) + "; x=y");
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
    const std::string token = made(kApiTokenPrefix, "a1");
    const auto principal = with("bEaReR " + token);
    CPPUNIT_ASSERT(principal->role == Role::kOperator);
    CPPUNIT_ASSERT(principal->home == 3);
    CPPUNIT_ASSERT_EQUAL(sha256(token), asked_);
  }

  void refuses_an_unknown_token_every_time() {
    answer_ = fail(ErrorCode::kNotFound, "no such token");
    const auto refused = with_token("x");
    CPPUNIT_ASSERT(refused.error().code == ProblemCode::kInvalidToken);
    CPPUNIT_ASSERT_EQUAL(std::string("Bearer realm=\"fleet\", error=\"invalid_token\""),
                         challenge(refused.error()));
    answer_ = TokenRecord{};
    CPPUNIT_ASSERT(with_token("x").has_value());
  }

  void remembers_a_good_token_for_half_a_minute() {
    CPPUNIT_ASSERT(with_token("x"));
    answer_ = fail(ErrorCode::kNotFound, "revoked");
    clock_.advance(29s);
    CPPUNIT_ASSERT(with_token("x"));
    CPPUNIT_ASSERT(!with_token("y"));
    clock_.advance(2s);
    CPPUNIT_ASSERT(!with_token("x"));
    CPPUNIT_ASSERT_EQUAL(3, lookups_);
  }

  void forgets_a_token_when_it_expires() {
    answer_->expires_at = clock_.wall() + 5s;
    CPPUNIT_ASSERT(with_token("x"));
    answer_ = fail(ErrorCode::kNotFound, "expired");
    clock_.advance(4s);
    CPPUNIT_ASSERT(with_token("x"));
    clock_.advance(1s);
    CPPUNIT_ASSERT(!with_token("x"));
  }

  void takes_the_cookie_of_a_session() {
    const auto principal = with_session("abc");
    CPPUNIT_ASSERT(principal && principal->by_session);
    CPPUNIT_ASSERT_EQUAL("session " + sha256(made(kSessionPrefix, "abc")), asked_);
    CPPUNIT_ASSERT(!with_token("t")->by_session);
    CPPUNIT_ASSERT(with_cookie("muster_session_2=x").error().code == ProblemCode::kUnauthenticated);
    answer_ = fail(ErrorCode::kNotFound, "");
    CPPUNIT_ASSERT(with_session("gone").error().code == ProblemCode::kUnauthenticated);
  }

  // Both were good a moment ago, so both are remembered.
  void neither_kind_is_taken_for_the_other() {
    CPPUNIT_ASSERT(with_session("s") && with_token("t"));
    CPPUNIT_ASSERT(with("Bearer " + made(kSessionPrefix, "s")).error().code ==
                   ProblemCode::kInvalidToken);
    CPPUNIT_ASSERT(with_cookie("muster_session=" + made(kApiTokenPrefix, "t")).error().code ==
                   ProblemCode::kUnauthenticated);
  }

  void forgets_a_revoked_token_when_told() {
    answer_->id = Uuid::random();
    CPPUNIT_ASSERT(with_token("t"));
    authenticator_.forget(answer_->id);
    answer_ = fail(ErrorCode::kNotFound, "");
    CPPUNIT_ASSERT(with_token("t").error().code == ProblemCode::kInvalidToken);
  }

  void does_not_remember_what_was_revoked_during_its_lookup() {
    during_lookup_ = [this] { authenticator_.forget(answer_->id); };
    CPPUNIT_ASSERT(with_token("t"));
    during_lookup_ = nullptr;
    answer_ = fail(ErrorCode::kNotFound, "");
    CPPUNIT_ASSERT(with_token("t").error().code == ProblemCode::kInvalidToken);
  }

  void a_typo_does_not_reach_the_database() {
    std::string typo = made(kApiTokenPrefix, "abc");
    typo[5] = 'B';
    const std::string whole = made(kApiTokenPrefix, "abc");
    for (const std::string& bad : {typo, whole.substr(0, 39), whole + "0", std::string("abc"),
                                   made(kServerTokenPrefix, "abc")}) {
      CPPUNIT_ASSERT_MESSAGE(bad, with("Bearer " + bad).error().code == ProblemCode::kInvalidToken);
    }
    CPPUNIT_ASSERT_EQUAL(0, lookups_);
    CPPUNIT_ASSERT(with("Bearer " + whole));
  }

  void failures_of_others_lock_nobody_out() {
    answer_ = fail(ErrorCode::kNotFound, "");
    for (int i = 0; i < 1'000; ++i) CPPUNIT_ASSERT(!with_token(std::to_string(i)));
    answer_ = TokenRecord{};
    CPPUNIT_ASSERT(with_token("good"));
  }

  void says_unavailable_when_the_database_is() {
    for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
      answer_ = fail(code, "connection to 10.0.0.9 refused");
      const auto refused = with_token("x");
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
