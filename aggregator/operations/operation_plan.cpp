#include "aggregator/operations/operation_plan.h"

#include <algorithm>
#include <utility>

#include "aggregator/operations/wave_plan.h"

namespace muster {

OperationPlan plan_operation(const OperationAction& action, const OperationParameters& parameters,
                             const RolloutWish& wish, std::vector<OperationCandidate> servers) {
  OperationPlan plan;
  const int total = static_cast<int>(servers.size());
  std::vector<bool> runs;
  for (OperationCandidate& server : servers) {
    std::string reason = action.reason_to_skip(server, parameters).value_or("");
    runs.push_back(reason.empty());
    plan.targets.push_back({std::move(server), 0, std::move(reason)});
  }
  const std::vector<int> waves = plan_waves(wish.waves, runs);
  for (std::size_t i = 0; i < waves.size(); ++i) plan.targets[i].wave = waves[i];
  if (!waves.empty()) plan.waves = waves.back() + 1;
  plan.max_concurrency = std::clamp(wish.max_concurrency.of(total), 1, kMostConcurrency);
  plan.max_errors = wish.max_errors.of(total);
  return plan;
}

}  // namespace muster
