// How a server was over a time: seconds in each state, checks, how long they took. From the health
// rollup and, for what is too young, from the checks themselves. Thread-safe: each call leases its
// own connection.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/rollup/duration_histogram.h"
#include "aggregator/storage/rollup/rollup_pieces.h"
#include "common/model/health_state.h"
#include "common/model/server.h"

namespace muster {

struct Availability {
  std::array<std::chrono::milliseconds, kHealthStateNames.size()> in_state{};  // by HealthState
  std::int64_t checks = 0;
  std::int64_t failures = 0;  // checks that were critical or unknown
  DurationHistogram durations;

  std::chrono::milliseconds in(HealthState state) const {
    return in_state[static_cast<std::size_t>(state)];
  }
  // Healthy or degraded, of the time in which it was known whether it was; maintenance, unknown and
  // time without checks count for neither. Nothing when none was known.
  std::optional<double> percent() const;
};

struct AvailabilityBucket {
  WallTime at;
  Availability availability;
};

struct AvailabilityQuery {
  ServerKey server = 0;
  TimeRange range;                // its ends are moved outwards to where buckets begin,
  WallTime now;                   // but not beyond this
  std::optional<Period> buckets;  // wanted too, of this length
  int limit = 0;                  // the newest ones
};

struct AvailabilityAnswer {
  TimeRange range;  // what was really looked at
  Availability total;
  std::vector<AvailabilityBucket> buckets;  // oldest first
};

class AvailabilityHistory {
 public:
  AvailabilityHistory(ConnectionPool& pool, RollupSpan span) : pool_(pool), span_(span) {}

  Result<AvailabilityAnswer> read(OrganizationKey organization, const AvailabilityQuery& query);

 private:
  DbResult<AvailabilityAnswer> read_on(Connection& connection, OrganizationKey organization,
                                       const AvailabilityQuery& query) const;

  ConnectionPool& pool_;
  const RollupSpan span_;
};

}  // namespace muster
