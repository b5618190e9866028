// Which target belongs to which wave. Pure.
#pragma once

#include <vector>

#include "aggregator/operations/share.h"

namespace muster {

// The wave of each target in order, from 0. `sizes` are those of the waves, one target at least,
// percentages of all targets; the last one is repeated for those that are left. Targets that do not
// run fill no wave, so that a canary is one that runs: they stand with the one before them.
std::vector<int> plan_waves(const std::vector<Share>& sizes, const std::vector<bool>& runs);

}  // namespace muster
