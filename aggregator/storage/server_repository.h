// The managed servers in the database. Every method but load_all() is for one organization; what
// belongs to another is kNotFound. Thread-safe: each call leases its own connection.
#pragma once

#include <functional>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/server_record.h"
#include "aggregator/storage/tls_identities.h"

namespace muster {

class ServerRepository {
 public:
  ServerRepository(ConnectionPool& pool, const SecretBox& secrets)
      : pool_(pool), secrets_(secrets) {}

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
  Result<void> remove(OrganizationKey organization, const Uuid& id,
                      std::optional<std::int64_t> expected_version = std::nullopt);

  // As the fleet directory wants it: with group names and secrets in the clear.
  Result<Server> load(OrganizationKey organization, const Uuid& id);
  Result<void> load_all(const std::function<void(Server)>& visit);

  // Whether any secret is sealed, which decides if a missing key file may be made anew.
  static Result<bool> has_sealed_secrets(ConnectionPool& pool);

 private:
  Server open(const Rows& rows, int row);  // with its secrets in the clear
  Secret unsealed(const Rows& rows, int row, int column, const Server& server,
                  std::string_view name) const;

  ConnectionPool& pool_;
  const SecretBox& secrets_;
  TlsIdentities tls_identities_;
};

}  // namespace muster
