// GET /metrics: Muster's own counters, the health of each server and what each probe last said of
// it, in the Prometheus text format. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aggregator/export/readings.h"
#include "aggregator/live/live_table.h"

namespace muster {

class MetricsPage {
 public:
  explicit MetricsPage(const LiveTable& live) : live_(live) {}

  // Where the stages' figures are named, at start.
  Readings& readings() { return readings_; }

  // With the servers of one organization, or of all.
  std::string render(std::optional<OrganizationKey> organization = std::nullopt) const;

 private:
  const LiveTable& live_;
  Readings readings_;
};

}  // namespace muster
