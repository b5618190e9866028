// One configured check of the plugin prometheus_pull. Read once from the JSON that the host has
// checked and filled in. Immutable after construction; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "muster/probe.h"
#include "node_metrics.h"
#include "series_selector.h"
#include "shared/limits.h"

namespace prometheus_pull {

struct Selection {
  SeriesSelector series;
  muster::probes::Limits thresholds;
  muster_status if_missing = MUSTER_WARNING;
};

struct PullConfig {
  // Throws muster::sdk::ConfigError with the place of the fault.
  explicit PullConfig(std::string_view json);

  std::string url_for(std::string_view host) const;

  std::string scheme;
  std::uint16_t port;
  std::string path;
  bool send_token;
  bool follow_redirects;
  bool with_node_metrics;
  NodeSettings node;
  std::size_t most_series;
  std::vector<Selection> selections;
};

}  // namespace prometheus_pull
