// The managed servers in the database. Every method but load_all() is for one organization; what
// belongs to another is kNotFound. Thread-safe: each call leases its own connection.
#pragma once

#include <functional>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/server_reader.h"
#include "aggregator/storage/server_record.h"

namespace muster {

class ServerRepository {
 public:
  ServerRepository(ConnectionPool& pool, const SecretBox& secrets)
      : pool_(pool), secrets_(secrets), reader_(secrets) {}

  // kConflict, naming the field, when the name is taken.
  Result<ServerRecord> insert(OrganizationKey organization, const NewServer& server);
  Result<ServerRecord> find(OrganizationKey organization, const Uuid& id);
  Result<std::vector<ServerRecord>> list(OrganizationKey organization,
                                         const ServerListing& listing);
  Result<std::int64_t> count(OrganizationKey organization, const ServerFilter& filter);

  // kConflict with the message kVersionConflict when `expected_version` is given and no longer the
  // server's.
  Result<ServerRecord> update(OrganizationKey organization, const Uuid& id,
                              const ServerPatch& patch,
                              std::optional<std::int64_t> expected_version = std::nullopt);

  // Replaces the token by which the server knows us; the one before stays usable. kConflict with
  // the message kRotationConflict while a rotation lasts: which token works is then not known.
  Result<ServerRecord> rotate_token(OrganizationKey organization, const Uuid& id,
                                    const TokenRotation& rotation,
                                    std::optional<std::int64_t> expected_version = std::nullopt);
  Result<void> remove(OrganizationKey organization, const Uuid& id,
                      std::optional<std::int64_t> expected_version = std::nullopt);

  // As the fleet directory wants it: with group names and secrets in the clear.
  Result<Server> load(OrganizationKey organization, const Uuid& id);
  // Those of them that are there, in one query and in any order.
  Result<std::vector<Server>> load(OrganizationKey organization, const std::vector<Uuid>& ids);

  Result<std::vector<Uuid>> ids(OrganizationKey organization);

  // Over connections that row-level security does not bind.
  Result<void> load_all(ConnectionPool& every_organization,
                        const std::function<void(Server)>& visit);

 private:
  struct CurrentToken {
    std::int64_t version = 0;
    bool rotating = false;  // there is one before it that is still good
    Secret token;
  };

  Result<CurrentToken> read_token(OrganizationKey organization, const Uuid& id, WallTime now);

  ConnectionPool& pool_;
  const SecretBox& secrets_;
  ServerReader reader_;
};

}  // namespace muster
