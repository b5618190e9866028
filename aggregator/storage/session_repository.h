// The sessions by which browsers come in: the digest of a cookie and the token that it stands for.
// Thread-safe: each call leases its own connection.
#pragma once

#include <string_view>

#include "aggregator/storage/connection_pool.h"

namespace muster {

class SessionRepository {
 public:
  static constexpr int kMostOfAToken = 20;

  // Over connections that row-level security does not bind.
  explicit SessionRepository(ConnectionPool& every_organization) : pool_(every_organization) {}

  // Sweeps away what has expired by `now`, too, and the token's oldest that are too many.
  Result<void> open(std::string_view sha256, const Uuid& token, WallTime now, WallTime until);
  Result<void> close(std::string_view sha256);  // one that is not there is closed already

 private:
  ConnectionPool& pool_;
};

}  // namespace muster
