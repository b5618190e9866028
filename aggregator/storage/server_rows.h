// Servers column by column, as one statement takes many of them: secrets sealed, each parameter an
// array. One import's, no locks.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/param.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/server_record.h"

namespace muster {

class ServerRows {
 public:
  ServerRows(const SecretBox& secrets, OrganizationKey organization)
      : secrets_(secrets), organization_(organization) {}

  Result<void> add(const Uuid& id, const NewServer& server);

  // "unnest(...) AS r(id, name, ...)"; params() belongs to it, and begins with the organization.
  static const std::string& source();
  Params params() const;

 private:
  Result<std::string> sealed(const Secret& secret, std::string_view column, const Uuid& id) const;

  const SecretBox& secrets_;
  const OrganizationKey organization_;
  std::vector<std::string> ids_;
  std::vector<std::string> names_;
  std::vector<std::string> hostnames_;
  std::vector<std::string> api_urls_;
  std::vector<std::string> tokens_;  // empty: none
  std::vector<std::string> regions_;
  std::vector<std::string> environments_;
  std::vector<std::string> tags_;  // each a text[] in a text: unnest() would take them all apart
  std::vector<std::string> metadata_;
  std::vector<std::string> statuses_;
  std::vector<std::string> authorities_;
  std::vector<std::string> certificates_;
  std::vector<std::string> keys_;
};

}  // namespace muster
