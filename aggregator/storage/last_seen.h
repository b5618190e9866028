// When each server last answered, written to managed_servers every five minutes a server, and with
// each change of its state. It is for who looks while no daemon has newer news in memory; once a
// minute, it cost a fifth of what storing a result does. Owned by thread `writer`.
#pragma once

#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/fact_bounds.h"
#include "aggregator/storage/index_order.h"

namespace muster {

class LastSeen {
 public:
  using Sightings = std::vector<std::pair<ServerKey, WallTime>>;  // one a server

  static constexpr std::chrono::seconds kPeriod{300};

  // What this batch makes due. A time that goes to quarantine is no time to be seen at.
  Sightings due(const IndexOrder& rows, const FactBounds& bounds);

  static DbResult<void> write(Connection& connection, const Sightings& sightings);

  void written(const Sightings& sightings);  // after the commit

 private:
  struct Server {
    WallTime newest;   // zero: not heard of yet
    WallTime written;  // so in the database
  };

  std::unordered_map<ServerKey, Server> servers_;
};

}  // namespace muster
