// Who stood behind a secret (a token's or a session's digest, never both kinds in one cache) when
// it was last looked up, for half a minute: a revoked one lives that long at most. What was bad is
// never remembered. Owned by the Authenticator; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "aggregator/api/principal.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class PrincipalCache {
 public:
  // Of the time before a lookup: what was forgotten since then may be what it still found.
  using Generation = std::uint64_t;

  explicit PrincipalCache(const Clock& clock) : clock_(clock) {}

  std::optional<Principal> find(const std::string& digest);
  Generation generation() const;
  void remember(const std::string& digest, const Principal& principal,
                std::optional<WallTime> expires_at, Generation before_lookup);
  void forget(const Uuid& token);

 private:
  struct Remembered {
    Principal principal;
    std::optional<WallTime> expires_at;
    TimePoint until;
  };
  struct Known {
    std::unordered_map<std::string, Remembered> by_digest;
    Generation generation = 0;
  };

  const Clock& clock_;
  Guarded<Known> known_;
};

}  // namespace muster
