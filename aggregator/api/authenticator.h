// Bearer tokens (RFC 6750) and sessions to principals. Tokens that were good are remembered for
// half a minute, so that a revoked one lives that long at most; bad ones are never remembered.
// Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/rate_limiter.h"
#include "aggregator/api/router.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class Authenticator {
 public:
  using Lookup = std::function<Result<TokenRecord>(const std::string& sha256)>;
  struct Lookups {
    Lookup token;
    Lookup session;
  };

  Authenticator(Lookups lookups, const Clock& clock)
      : lookups_(std::move(lookups)), clock_(clock), failures_(clock) {}

  // By Authorization or, without one, by the cookie of a session.
  tl::expected<Principal, Problem> authenticate(const ApiRequest& request);
  tl::expected<Principal, Problem> authenticate_token(const std::string& token,
                                                      const std::string& peer);

  // From now on the token, and what was opened with it, is looked up anew.
  void forget(const Uuid& token);

  static std::optional<Problem> denied(const Principal& principal, Access needed);

 private:
  struct Remembered {
    Principal principal;
    std::optional<WallTime> expires_at;
    TimePoint until;
  };

  tl::expected<Principal, Problem> authenticate_session(const std::string& session,
                                                        const std::string& peer);
  tl::expected<Principal, Problem> look_up(const std::string& secret, const Lookup& lookup,
                                           const std::string& peer);
  std::optional<Principal> remembered(const std::string& sha256);
  void remember(const std::string& sha256, const Principal& principal, const TokenRecord& token);

  const Lookups lookups_;
  const Clock& clock_;
  RateLimiter failures_;  // by peer: each one asks the database
  Guarded<std::unordered_map<std::string, Remembered>> tokens_;
};

}  // namespace muster
