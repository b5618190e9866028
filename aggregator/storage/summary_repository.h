// The fleet of one organization in numbers (v_fleet_summary). Thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "aggregator/storage/connection_pool.h"
#include "common/model/health_state.h"
#include "common/model/server.h"

namespace muster {

struct FleetSummary {
  std::int64_t total = 0;
  std::int64_t active = 0;
  std::int64_t maintenance = 0;
  std::int64_t disabled = 0;
  std::array<std::int64_t, kHealthStateNames.size()> by_health{};  // indexed by HealthState
};

class SummaryRepository {
 public:
  explicit SummaryRepository(ConnectionPool& pool) : pool_(pool) {}

  Result<FleetSummary> fleet(OrganizationKey organization);

 private:
  ConnectionPool& pool_;
};

}  // namespace muster
