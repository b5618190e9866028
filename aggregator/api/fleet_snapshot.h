// An organization's servers in memory at one moment, in the order of their keys, and what is told
// of all of them at once. Pure but for the look at the live table.
#pragma once

#include <string>
#include <vector>

#include "aggregator/live/live_table.h"

namespace muster {

struct FleetSnapshot {
  struct Row {
    ServerPointer server;
    HealthState state = HealthState::kUnknown;
  };

  std::uint64_t sequence = 0;  // of the live table's changes; there may be newer ones in it
  WallTime at;
  std::vector<Row> rows;

  static FleetSnapshot take(const LiveTable& live, OrganizationKey organization, WallTime now);
};

// How many servers there are, by health, status, region and environment.
std::string summary_json(const FleetSnapshot& fleet);

// Every server in a few bytes, as columns: keys as differences to the one before, names, a letter
// each for health and status, regions and environments as places in a list.
std::string overview_json(const FleetSnapshot& fleet);

}  // namespace muster
