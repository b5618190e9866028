// Whether an operation goes on, and what it has come to. Pure.
#pragma once

#include <optional>

#include "aggregator/storage/operation_record.h"

namespace muster {

// What counts against max_errors. An interrupted target does not: it says nothing of its server,
// and a restart of the daemon would end every careful operation.
int errors_in(const TargetCounts& counts);

struct Progress {
  TargetCounts counts;
  int max_errors = 0;
  bool canceling = false;
  bool past_deadline = false;
};

// Why nothing more may be started; nothing when it may go on.
std::optional<StopReason> reason_to_stop(const Progress& progress);

// Once every target has ended. Succeeded: all that ran. Failed: none of them, or it was stopped by
// errors. Partial: all else, be it that a deadline kept some from running or a restart interrupted
// them.
OperationState verdict(const TargetCounts& counts, std::optional<StopReason> stopped);

}  // namespace muster
