// The organizations (tenants). Thread-safe: each call leases its own connection.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "common/model/server.h"

namespace muster {

struct OrganizationRecord {
  OrganizationKey key = 0;
  Uuid id;
  std::string name;  // "default"
};

class OrganizationRepository {
 public:
  explicit OrganizationRepository(ConnectionPool& pool) : pool_(pool) {}

  // The organization of this name, made if it is not there.
  Result<OrganizationRecord> ensure(const std::string& name);
  Result<OrganizationRecord> find(const std::string& name);
  Result<std::vector<OrganizationRecord>> list();

 private:
  ConnectionPool& pool_;
};

}  // namespace muster
