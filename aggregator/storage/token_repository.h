// The API tokens. Those of an organization are reached as that organization; what has none
// (platform tokens, and find_by_sha256(), which yields it) over connections that row-level security
// does not bind. Thread-safe: each call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/token_record.h"
#include "common/base/clock.h"

namespace muster {

class TokenRepository {
 public:
  TokenRepository(ConnectionPool& pool, ConnectionPool& every_organization, const Clock& clock)
      : pool_(pool), every_organization_(every_organization), clock_(clock) {}

  Result<TokenRecord> create(const NewToken& token);

  // kNotFound when there is none, or it has expired or was revoked.
  Result<TokenRecord> find_by_sha256(std::string_view sha256);
  // The token that a session was opened with; it ends with the session.
  Result<TokenRecord> find_by_session(std::string_view sha256);
  Result<TokenRecord> find(std::optional<OrganizationKey> organization, const Uuid& id);
  Result<std::vector<TokenRecord>> list(std::optional<OrganizationKey> organization,
                                        const TokenListing& listing);
  Result<void> revoke(std::optional<OrganizationKey> organization, const Uuid& id);

  Result<void> touch(const Uuid& id);  // last_used_at; writes at most once a minute
  Result<std::int64_t> count();        // of all organizations, the usable ones
  Result<std::int64_t> count(std::optional<OrganizationKey> organization);  // the same, of one

  // Those that ended, by revocation or by themselves, before then.
  Result<void> remove_ended(WallTime before);

 private:
  Result<Rows> exec(std::string sql, Params params);
  Result<Rows> exec_for(std::optional<OrganizationKey> organization, std::string sql,
                        Params params);

  ConnectionPool& pool_;
  ConnectionPool& every_organization_;
  const Clock& clock_;
};

}  // namespace muster
