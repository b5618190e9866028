// Bearer tokens (RFC 6750) to principals. Tokens that were good are remembered for half a minute,
// so that a revoked one lives that long at most; bad ones are never remembered. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>

#include "aggregator/api/principal.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/router.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class Authenticator {
 public:
  using Lookup = std::function<Result<TokenRecord>(const std::string& sha256)>;

  Authenticator(Lookup lookup, const Clock& clock) : lookup_(std::move(lookup)), clock_(clock) {}

  // `header`: the value of Authorization; null when there is none.
  tl::expected<Principal, Problem> authenticate(const std::string* header);

  static std::optional<Problem> denied(const Principal& principal, Access needed);

 private:
  struct Remembered {
    Principal principal;
    std::optional<WallTime> expires_at;
    TimePoint until;
  };

  std::optional<Principal> remembered(const std::string& sha256);
  void remember(const std::string& sha256, const Principal& principal, const TokenRecord& token);

  const Lookup lookup_;
  const Clock& clock_;
  Guarded<std::unordered_map<std::string, Remembered>> tokens_;
};

}  // namespace muster
