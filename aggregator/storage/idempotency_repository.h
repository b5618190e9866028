// What POSTs with an Idempotency-Key were answered, for a day. An answer may show a token for the
// only time, so it is kept sealed. Thread-safe: each call leases its own connection.
#pragma once

#include <optional>
#include <string>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/secret_box.h"
#include "common/model/server.h"

namespace muster {

struct IdempotentRequest {
  std::optional<OrganizationKey> organization;  // none: the platform
  Uuid token;
  std::string key;
  std::string sha256;  // of all that makes the request this one
  WallTime at;
};

// A request with its answer.
struct EarlierRequest {
  Uuid id;
  std::string sha256;
  int status = 0;  // 0: it is being served, or was cut off
  std::string response;
};

class IdempotencyRepository {
 public:
  // `every_organization`: over connections that row-level security does not bind, for the platform.
  IdempotencyRepository(ConnectionPool& pool, ConnectionPool& every_organization,
                        const SecretBox& secrets)
      : pool_(pool), every_organization_(every_organization), secrets_(secrets) {}

  // Takes the key: the id of this request. kConflict when it is taken; then find() tells by what.
  Result<Uuid> begin(const IdempotentRequest& request);
  Result<EarlierRequest> find(const IdempotentRequest& request);
  // With what may have become known only meanwhile: all of it but the key.
  Result<void> complete(std::optional<OrganizationKey> organization, const EarlierRequest& done);
  // It may be tried again.
  Result<void> forget(std::optional<OrganizationKey> organization, const Uuid& id);

 private:
  Result<Rows> exec(std::optional<OrganizationKey> organization, std::string sql, Params params);

  ConnectionPool& pool_;
  ConnectionPool& every_organization_;
  const SecretBox& secrets_;
};

}  // namespace muster
