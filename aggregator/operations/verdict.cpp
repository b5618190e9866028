#include "aggregator/operations/verdict.h"

namespace muster {

int errors_in(const TargetCounts& counts) {
  return counts[TargetState::kFailed] + counts[TargetState::kTimedOut] +
         counts[TargetState::kUnreachable];
}

std::optional<StopReason> reason_to_stop(const Progress& progress) {
  if (progress.canceling) return StopReason::kCanceled;
  if (errors_in(progress.counts) > progress.max_errors) return StopReason::kErrors;
  const bool waiting = progress.counts[TargetState::kPending] > 0;
  if (progress.past_deadline && waiting) return StopReason::kDeadline;
  return std::nullopt;
}

OperationState verdict(const TargetCounts& counts, std::optional<StopReason> stopped) {
  if (stopped == StopReason::kCanceled) return OperationState::kCanceled;
  if (stopped == StopReason::kErrors) return OperationState::kFailed;
  const int done = counts[TargetState::kSucceeded] + counts[TargetState::kSkipped];
  if (done == counts.total()) return OperationState::kSucceeded;
  return counts[TargetState::kSucceeded] == 0 ? OperationState::kFailed : OperationState::kPartial;
}

}  // namespace muster
