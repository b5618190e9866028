// The organizations (tenants). Thread-safe: each call leases its own connection.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/organization_record.h"

namespace muster {

class OrganizationRepository {
 public:
  explicit OrganizationRepository(ConnectionPool& pool) : pool_(pool) {}

  // The organization of this name, made if it is not there.
  Result<OrganizationRecord> ensure(const std::string& name);

  // kConflict when the name is taken.
  Result<OrganizationRecord> create(const std::string& name, const Quotas& quotas);

  // `changed` as found and with what is new in it. kConflict when the name is taken, or with the
  // message kOrganizationChanged when its version is not the one there.
  Result<OrganizationRecord> update(const OrganizationRecord& changed);

  Result<OrganizationRecord> find(const std::string& name);
  Result<OrganizationRecord> find(const Uuid& id);
  Result<OrganizationRecord> find(OrganizationKey key);
  Result<std::vector<OrganizationRecord>> list();

 private:
  Result<Rows> exec(const std::string& sql, const Params& params);
  Result<OrganizationRecord> find_where(const std::string& condition, Param value);

  ConnectionPool& pool_;
};

}  // namespace muster
