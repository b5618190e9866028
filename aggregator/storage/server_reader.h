// Reads managed servers as the fleet directory wants them: with group names and secrets in the
// clear. Thread-safe; owned by the ServerRepository.
#pragma once

#include <string>

#include "aggregator/storage/rows.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/tls_identities.h"
#include "common/model/server.h"

namespace muster {

class ServerReader {
 public:
  explicit ServerReader(const SecretBox& secrets) : secrets_(secrets) {}

  static const std::string& select();  // "SELECT ... FROM managed_servers AS s", for read()
  Server read(const Rows& rows, int row);

 private:
  PreviousTokenPointer previous_token(const Rows& rows, int row, const Server& server) const;
  TlsIdentityPointer tls_identity(const Rows& rows, int row, const Server& server);
  Secret unsealed(const Rows& rows, int row, int column, const Server& server,
                  std::string_view name) const;

  const SecretBox& secrets_;
  TlsIdentities tls_identities_;
};

}  // namespace muster
