// Judges the server: component checks and resource thresholds become one health document. Pure,
// any thread.
#pragma once

#include <string>
#include <vector>

#include "agent-shim/check_outcome.h"
#include "agent-shim/system_figures.h"

namespace muster::shim {

enum class HealthStatus { kHealthy, kDegraded, kUnhealthy };
std::string_view to_string(HealthStatus status);

struct Threshold {  // in percent, reached from below; 0: off
  double warning = 0;
  double critical = 0;
};

struct Thresholds {
  Threshold disk;
  Threshold memory;
};

struct HealthReport {
  HealthStatus status = HealthStatus::kHealthy;
  std::vector<CheckOutcome> checks;  // the components', then "disk" and "memory" where watched
};

// Unhealthy when a critical check fails or a critical threshold is reached; degraded when another
// check fails or a warning threshold is reached.
HealthReport assess(std::vector<CheckOutcome> outcomes, const SystemFigures& figures,
                    const Thresholds& thresholds);

struct Identity {
  std::string hostname;
  std::string version;
};

std::string to_json(const HealthReport& report, const Identity& identity,
                    std::chrono::seconds uptime);

}  // namespace muster::shim
