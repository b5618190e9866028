// GET /metrics: Muster's own counters and one health gauge for each server, in the Prometheus text
// format. Thread-safe.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <optional>
#include <string>

#include "aggregator/live/live_table.h"

namespace muster {

class MetricsPage {
 public:
  explicit MetricsPage(const LiveTable& live) : live_(live) {}

  // Where the stages register what they count.
  prometheus::Registry& registry() { return registry_; }

  // With the servers of one organization, or of all.
  std::string render(std::optional<OrganizationKey> organization = std::nullopt) const;

 private:
  const LiveTable& live_;
  prometheus::Registry registry_;
};

}  // namespace muster
