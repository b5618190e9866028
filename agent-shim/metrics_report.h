// The metrics document that musterd polls. A part that could not be read is left out. "mb" and
// "gb" are powers of 1024, as free and df -h have them. Pure, any thread.
#pragma once

#include <string>
#include <vector>

#include "agent-shim/check_outcome.h"
#include "agent-shim/system_figures.h"
#include "common/base/clock.h"

namespace muster::shim {

std::string to_metrics_json(const SystemFigures& figures, const std::vector<CheckOutcome>& outcomes,
                            WallTime now);

}  // namespace muster::shim
