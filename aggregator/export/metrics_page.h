// GET /metrics: Muster's own counters and one health gauge for each server, in the Prometheus text
// format. Thread-safe.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <optional>
#include <string>

#include "aggregator/export/readings.h"
#include "aggregator/live/live_table.h"

namespace muster {

class MetricsPage {
 public:
  explicit MetricsPage(const LiveTable& live) : live_(live) {}

  // At start: what the stages observe as they go, and what they keep as figures of their own.
  prometheus::Registry& registry() { return registry_; }
  Readings& readings() { return readings_; }

  // With the servers of one organization, or of all.
  std::string render(std::optional<OrganizationKey> organization = std::nullopt) const;

 private:
  const LiveTable& live_;
  prometheus::Registry registry_;
  Readings readings_;
};

}  // namespace muster
