#include "aggregator/api/authenticator.h"

#include <algorithm>
#include <cctype>

#include "aggregator/api/session_cookie.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kRememberFor = 30s;
constexpr std::size_t kMostRemembered = 4'096;
constexpr std::size_t kLongestToken = 256;
constexpr int kMostFailures = 600;  // a minute, from one address

tl::unexpected<Problem> challenge(ProblemCode code, std::string detail, const std::string& more) {
  return refuse(code, std::move(detail), {},
                {{"WWW-Authenticate", "Bearer realm=\"fleet\"" + more}});
}

tl::unexpected<Problem> ended() {
  return refuse(
      ProblemCode::kUnauthenticated, "the session has ended: sign in again", {},
      {{"WWW-Authenticate", "Bearer realm=\"fleet\""}, {"Set-Cookie", ended_session_cookie()}});
}

tl::unexpected<Problem> too_many_failures(const RateStanding& tries) {
  return refuse(ProblemCode::kRateLimited, "too many unknown tokens came from this address", {},
                {{"Retry-After", std::to_string(tries.until_allowed.count())}});
}

bool is_bearer(const std::string& header) {
  static constexpr std::string_view kScheme = "bearer";
  return header.size() >= kScheme.size() &&
         std::equal(
             kScheme.begin(), kScheme.end(), header.begin(),
             [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); }) &&
         (header.size() == kScheme.size() || header[kScheme.size()] == ' ');
}

// The b64token of RFC 6750: anything else cannot be a token and is not worth a lookup.
bool is_token(std::string_view text) {
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

tl::expected<Principal, Problem> Authenticator::authenticate(const ApiRequest& request) {
  const std::string* const header = request.header("authorization");
  if (header && is_bearer(*header)) {
    const std::size_t start = header->find_first_not_of(' ', 6);
    return authenticate_token(start == std::string::npos ? "" : header->substr(start),
                              request.peer);
  }
  const std::string* const cookies = request.header("cookie");
  const auto session = cookies && !header ? session_in(*cookies) : std::nullopt;
  if (session) return authenticate_session(*session, request.peer);
  return challenge(ProblemCode::kUnauthenticated, "send Authorization: Bearer TOKEN", "");
}

tl::expected<Principal, Problem> Authenticator::authenticate_token(const std::string& token,
                                                                   const std::string& peer) {
  if (is_token(token)) return look_up(token, lookups_.token, peer);
  return challenge(ProblemCode::kMalformedCredentials, "send Authorization: Bearer TOKEN",
                   ", error=\"invalid_request\"");
}

tl::expected<Principal, Problem> Authenticator::authenticate_session(const std::string& session,
                                                                     const std::string& peer) {
  if (!is_token(session)) return ended();
  auto principal = look_up(session, lookups_.session, peer);
  if (!principal && principal.error().code == ProblemCode::kInvalidToken) return ended();
  if (principal) principal->by_session = true;
  return principal;
}

tl::expected<Principal, Problem> Authenticator::look_up(const std::string& secret,
                                                        const Lookup& lookup,
                                                        const std::string& peer) {
  const std::string digest = sha256(secret);
  if (const auto known = remembered(digest)) return *known;
  if (const auto tries = failures_.look(peer, kMostFailures); !tries.allowed) {
    return too_many_failures(tries);
  }
  const auto found = lookup(digest);
  if (found) {
    const Principal principal{found->id, found->role, found->organization, found->name};
    remember(digest, principal, *found);
    return principal;
  }
  if (found.error().code != ErrorCode::kNotFound) return refuse(problem_of(found.error()));
  (void)failures_.take(peer, kMostFailures);
  return challenge(ProblemCode::kInvalidToken, "the token is unknown, expired or revoked",
                   ", error=\"invalid_token\"");
}

void Authenticator::forget(const Uuid& token) {
  tokens_.with([&](auto& tokens) {
    std::erase_if(tokens, [&](const auto& item) { return item.second.principal.token == token; });
  });
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

std::optional<Principal> Authenticator::remembered(const std::string& sha256) {
  return tokens_.with([&](auto& tokens) -> std::optional<Principal> {
    const auto found = tokens.find(sha256);
    if (found == tokens.end()) return std::nullopt;
    const Remembered& token = found->second;
    const bool expired = token.expires_at && *token.expires_at <= clock_.wall();
    if (!expired && clock_.now() < token.until) return token.principal;
    tokens.erase(found);
    return std::nullopt;
  });
}

void Authenticator::remember(const std::string& sha256, const Principal& principal,
                             const TokenRecord& token) {
  tokens_.with([&](auto& tokens) {
    if (tokens.size() >= kMostRemembered) tokens.clear();
    tokens[sha256] = {principal, token.expires_at, clock_.now() + kRememberFor};
  });
}

}  // namespace muster
