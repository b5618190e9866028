#include "aggregator/api/authenticator.h"

#include <algorithm>
#include <cctype>

#include "common/base/sha256.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kRememberFor = 30s;
constexpr std::size_t kMostRemembered = 4'096;
constexpr std::size_t kLongestToken = 256;

tl::unexpected<Problem> challenge(ProblemCode code, std::string detail, const std::string& more) {
  return refuse(code, std::move(detail), {},
                {{"WWW-Authenticate", "Bearer realm=\"fleet\"" + more}});
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

tl::expected<Principal, Problem> Authenticator::authenticate(const std::string* header) {
  if (!header || !is_bearer(*header)) {
    return challenge(ProblemCode::kUnauthenticated, "send Authorization: Bearer TOKEN", "");
  }
  const std::size_t start = header->find_first_not_of(' ', 6);
  const std::string token = start == std::string::npos ? "" : header->substr(start);
  if (!is_token(token)) {
    return challenge(ProblemCode::kMalformedCredentials, "send Authorization: Bearer TOKEN",
                     ", error=\"invalid_request\"");
  }
  const std::string digest = sha256(token);
  if (const auto known = remembered(digest)) return *known;
  const auto found = lookup_(digest);
  if (found) {
    const Principal principal{found->id, found->role, found->organization};
    remember(digest, principal, *found);
    return principal;
  }
  if (found.error().code != ErrorCode::kNotFound) return refuse(problem_of(found.error()));
  return challenge(ProblemCode::kInvalidToken, "the token is unknown, expired or revoked",
                   ", error=\"invalid_token\"");
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
