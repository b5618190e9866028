// When each server last answered, written to managed_servers at most once a minute a server, and
// at once together with a change of its state. Owned by thread `writer`.
#pragma once

#include <chrono>
#include <map>
#include <unordered_map>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/connection.h"

namespace muster {

class LastSeen {
 public:
  using Sightings = std::map<ServerKey, WallTime>;

  static constexpr std::chrono::seconds kPeriod{60};

  // What this batch makes due.
  Sightings due(const std::vector<const ResultRow*>& rows) const;

  static DbResult<void> write(Connection& connection, const Sightings& sightings);

  void written(const Sightings& sightings);  // after the commit

 private:
  bool is_fresh(const ResultRow& row) const;

  std::unordered_map<ServerKey, WallTime> written_;
};

}  // namespace muster
