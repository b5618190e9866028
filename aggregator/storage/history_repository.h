// Reads the single checks of one server. Bounds go to SQL as parameters, so that only the
// partitions inside them are opened. Thread-safe: each call leases its own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/history_record.h"

namespace muster {

class HistoryRepository {
 public:
  explicit HistoryRepository(ConnectionPool& pool) : pool_(pool) {}

  // Newest first.
  Result<std::vector<HealthCheckRecord>> health(OrganizationKey organization,
                                                const HealthHistoryQuery& query);

 private:
  ConnectionPool& pool_;
};

}  // namespace muster
