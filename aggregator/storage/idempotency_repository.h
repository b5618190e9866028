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
  OrganizationKey organization = 0;
  Uuid token;
  std::string key;
  std::string sha256;  // of all that makes the request this one
  WallTime at;
};

struct EarlierRequest {
  Uuid id;
  std::string sha256;
  int status = 0;        // 0: it is being served, or was cut off
  std::string response;  // as complete() was given it
};

class IdempotencyRepository {
 public:
  IdempotencyRepository(ConnectionPool& pool, const SecretBox& secrets)
      : pool_(pool), secrets_(secrets) {}

  // Takes the key: the id of this request. kConflict when it is taken; then find() tells by what.
  Result<Uuid> begin(const IdempotentRequest& request);
  Result<EarlierRequest> find(const IdempotentRequest& request);
  Result<void> complete(OrganizationKey organization, const Uuid& id, int status,
                        const std::string& response);
  Result<void> forget(OrganizationKey organization, const Uuid& id);  // it may be tried again

 private:
  ConnectionPool& pool_;
  const SecretBox& secrets_;
};

}  // namespace muster
