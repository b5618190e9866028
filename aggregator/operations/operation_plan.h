// What an operation would be: its targets with their waves, who is passed over and why, and its
// limits in numbers of targets. Pure.
#pragma once

#include <vector>

#include "aggregator/operations/operation_action.h"
#include "aggregator/operations/share.h"

namespace muster {

inline constexpr int kMostConcurrency = 1'000;

// Percentages are of all targets, rounded down.
struct RolloutWish {
  std::vector<Share> waves{{100, true}};
  Share max_concurrency{50, false};
  Share max_errors{0, false};
};

struct OperationPlan {
  std::vector<PlannedTarget> targets;
  int waves = 1;
  int max_concurrency = 1;
  int max_errors = 0;
};

OperationPlan plan_operation(const OperationAction& action, const OperationParameters& parameters,
                             const RolloutWish& wish, std::vector<OperationCandidate> servers);

}  // namespace muster
