#include "aggregator/api/authenticator.h"

#include <algorithm>
#include <cctype>

#include "aggregator/storage/bearer_token.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::size_t kLongestToken = 256;

tl::unexpected<Problem> challenge(ProblemCode code, std::string detail, const std::string& more) {
  return refuse(code, std::move(detail), {},
                {{"WWW-Authenticate", "Bearer realm=\"fleet\"" + more}});
}

tl::unexpected<Problem> unknown(std::string detail) {
  return challenge(ProblemCode::kInvalidToken, std::move(detail), ", error=\"invalid_token\"");
}

bool is_bearer(const std::string& header) {
  static constexpr std::string_view kScheme = "bearer";
  return header.size() >= kScheme.size() &&
         std::equal(
             kScheme.begin(), kScheme.end(), header.begin(),
             [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); }) &&
         (header.size() == kScheme.size() || header[kScheme.size()] == ' ');
}

// The b64token of RFC 6750: anything else is no credentials.
bool is_b64token(std::string_view text) {
  if (text.empty() || text.size() > kLongestToken) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-._~+/=").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Role role_for(Access access) {
  switch (access) {
    case Access::kPlatform:
      return Role::kPlatform;
    case Access::kAdmin:
      return Role::kAdmin;
    case Access::kOperator:
      return Role::kOperator;
    default:
      return Role::kViewer;
  }
}

}  // namespace

Authenticator::Authenticator(Lookups lookups, SessionCookie cookie, const Clock& clock)
    : cookie_(std::move(cookie)),
      tokens_{std::move(lookups.token), kApiTokenPrefix, PrincipalCache(clock)},
      sessions_{std::move(lookups.session), kSessionPrefix, PrincipalCache(clock)} {}

tl::expected<Principal, Problem> Authenticator::authenticate(const ApiRequest& request) {
  const std::string* const header = request.header("authorization");
  if (header && is_bearer(*header)) {
    const std::size_t start = header->find_first_not_of(' ', 6);
    return authenticate_token(start == std::string::npos ? "" : header->substr(start));
  }
  const std::string* const cookies = request.header("cookie");
  const auto session = cookies && !header ? cookie_.session_in(*cookies) : std::nullopt;
  if (session) return authenticate_session(*session);
  return challenge(ProblemCode::kUnauthenticated, "send Authorization: Bearer TOKEN", "");
}

tl::expected<Principal, Problem> Authenticator::authenticate_token(const std::string& token) {
  if (is_b64token(token)) return look_up(token, tokens_);
  return challenge(ProblemCode::kMalformedCredentials, "send Authorization: Bearer TOKEN",
                   ", error=\"invalid_request\"");
}

tl::expected<Principal, Problem> Authenticator::authenticate_session(const std::string& session) {
  auto principal = look_up(session, sessions_);
  if (!principal && principal.error().code == ProblemCode::kInvalidToken) return ended();
  if (principal) principal->by_session = true;
  return principal;
}

// The checksum keeps typos from the database. Whoever makes tokens up can compute it, and is not
// held off here: counting failures by address would lock out all who share one (behind a proxy:
// everybody), and nothing else tells a made-up token from a good one. Finding nothing is one look
// into an index, less than any answer costs, and there are never more at once than there are
// threads api-N.
tl::expected<Principal, Problem> Authenticator::look_up(const std::string& secret, Kind& kind) {
  if (!has_form(secret, kind.prefix)) return unknown("the token is mistyped or cut short");
  const std::string digest = sha256(secret);
  if (const auto known = kind.cache.find(digest)) return *known;
  const auto before = kind.cache.generation();
  const auto found = kind.lookup(digest);
  if (found) {
    const Principal principal{found->id, found->role, found->organization, found->name};
    kind.cache.remember(digest, principal, found->expires_at, before);
    return principal;
  }
  if (found.error().code != ErrorCode::kNotFound) return refuse(problem_of(found.error()));
  return unknown("the token is unknown, expired or revoked");
}

void Authenticator::forget(const Uuid& token) {
  tokens_.cache.forget(token);
  sessions_.cache.forget(token);
}

tl::unexpected<Problem> Authenticator::ended() const {
  return refuse(ProblemCode::kUnauthenticated, "the session has ended: sign in again", {},
                {{"WWW-Authenticate", "Bearer realm=\"fleet\""}, {"Set-Cookie", cookie_.ended()}});
}

std::optional<Problem> Authenticator::denied(const Principal& principal, Access needed) {
  const Role role = role_for(needed);
  if (principal.role >= role) return std::nullopt;
  const std::string scope(to_string(role));
  return Problem{ProblemCode::kInsufficientScope,
                 "this needs the role " + scope,
                 {},
                 {{"WWW-Authenticate",
                   "Bearer realm=\"fleet\", error=\"insufficient_scope\", "
                   "scope=\"" +
                       scope + "\""}}};
}

}  // namespace muster
