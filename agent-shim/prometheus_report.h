// The same figures as Prometheus text, in base units. Written by hand: the format is a dozen lines,
// a metrics library would be more memory than the rest of the shim's own. Pure, any thread.
#pragma once

#include <string>

#include "agent-shim/health_report.h"
#include "agent-shim/system_figures.h"

namespace muster::shim {

std::string to_prometheus(const HealthReport& report, const SystemFigures& figures,
                          const Identity& identity, WallTime started);

}  // namespace muster::shim
