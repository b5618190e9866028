// Bearer tokens (RFC 6750) and sessions to principals. Those that were good are remembered for a
// while (PrincipalCache), each kind by itself: neither is ever taken for the other. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aggregator/api/api_request.h"
#include "aggregator/api/principal_cache.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/router.h"
#include "aggregator/api/session_cookie.h"
#include "common/base/clock.h"

namespace muster {

class Authenticator {
 public:
  using Lookup = std::function<Result<TokenRecord>(const std::string& sha256)>;
  struct Lookups {
    Lookup token;
    Lookup session;
  };

  Authenticator(Lookups lookups, SessionCookie cookie, const Clock& clock);

  // By Authorization or, without one, by the cookie of a session.
  tl::expected<Principal, Problem> authenticate(const ApiRequest& request);
  tl::expected<Principal, Problem> authenticate_token(const std::string& token);

  // From now on the token, and what was opened with it, is looked up anew.
  void forget(const Uuid& token);

  static std::optional<Problem> denied(const Principal& principal, Access needed);

 private:
  struct Kind {
    Lookup lookup;
    std::string_view prefix;
    PrincipalCache cache;
  };

  tl::expected<Principal, Problem> authenticate_session(const std::string& session);
  static tl::expected<Principal, Problem> look_up(const std::string& secret, Kind& kind);

  tl::unexpected<Problem> ended() const;

  const SessionCookie cookie_;
  Kind tokens_;
  Kind sessions_;
};

}  // namespace muster
