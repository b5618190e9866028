// The audit log: added to, completed once, read; the database refuses everything else. Thread-safe:
// each call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/audit_record.h"
#include "aggregator/storage/connection_pool.h"

namespace muster {

class AuditRepository {
 public:
  AuditRepository(ConnectionPool& pool, ConnectionPool& every_organization)
      : pool_(pool), every_organization_(every_organization) {}

  Result<std::int64_t> begin(const AuditEntry& entry);  // the id
  Result<void> complete(std::optional<OrganizationKey> organization, std::int64_t id, int status,
                        const std::optional<std::string>& location);

  // Newest first.
  Result<std::vector<AuditRecord>> list(std::optional<OrganizationKey> organization,
                                        const AuditListing& listing);

 private:
  ConnectionPool& pool_;
  ConnectionPool& every_organization_;
};

}  // namespace muster
