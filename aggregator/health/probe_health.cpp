#include "aggregator/health/probe_health.h"

#include <algorithm>

namespace muster {

int severity(HealthState state) {
  switch (state) {
    case HealthState::kHealthy:
    case HealthState::kMaintenance:
      return 0;
    case HealthState::kUnknown:
      break;
    case HealthState::kDegraded:
      return 2;
    case HealthState::kCritical:
      return 3;
    case HealthState::kUnreachable:
      return 4;
  }
  return 1;
}

std::optional<HealthState> observed(const Finding& finding) {
  switch (finding.reason) {
    case FailureReason::kSelfOverload:
    case FailureReason::kRateLimited:
    case FailureReason::kCancelled:
    case FailureReason::kSelf:
      return std::nullopt;
    default:
      break;
  }
  switch (finding.status) {
    case CheckStatus::kOk:
      return HealthState::kHealthy;
    case CheckStatus::kWarning:
      return HealthState::kDegraded;
    case CheckStatus::kUnknown:
      return HealthState::kUnknown;
    case CheckStatus::kCritical:
      break;
  }
  return means_unreachable(finding.reason) ? HealthState::kUnreachable : HealthState::kCritical;
}

ProbeHealth blinded(ProbeHealth health) {
  health.blind = true;
  return health;
}

ProbeHealth observe(ProbeHealth health, HealthState observed, const Thresholds& thresholds) {
  if (!health.decided) return {observed, true, observed, 0};
  if (observed == health.state) {
    health.streak = 0;
    health.blind = false;
    return health;
  }
  const bool worse = severity(observed) > severity(health.state);
  const bool leaned_worse = severity(health.leaning) > severity(health.state);
  if (health.streak > 0 && worse != leaned_worse) health.streak = 0;
  health.leaning = observed;
  health.streak = static_cast<std::uint8_t>(std::min(health.streak + 1, 255));
  if (health.streak >= (worse ? thresholds.failures : thresholds.successes)) {
    return {observed, true, observed, 0};
  }
  return health;
}

}  // namespace muster
