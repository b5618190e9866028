// The API tokens. find_by_sha256() is the one lookup that has no organization: it yields it.
// Thread-safe: each call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/token_record.h"
#include "common/base/clock.h"

namespace muster {

class TokenRepository {
 public:
  TokenRepository(ConnectionPool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

  Result<TokenRecord> create(const NewToken& token);

  // kNotFound when there is none, or it has expired or was revoked.
  Result<TokenRecord> find_by_sha256(std::string_view sha256);
  Result<std::vector<TokenRecord>> list(std::optional<OrganizationKey> organization);
  Result<void> revoke(std::optional<OrganizationKey> organization, const Uuid& id);

  Result<void> touch(const Uuid& id);  // last_used_at; writes at most once a minute
  Result<std::int64_t> count();        // of all organizations, the usable ones

 private:
  ConnectionPool& pool_;
  const Clock& clock_;
};

}  // namespace muster
