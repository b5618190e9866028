// What the database keeps of one check, copied out of the result on the server's loop. Values;
// the words are still raw here and are cleaned by the writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/health/health_sink.h"
#include "aggregator/storage/standard_metrics.h"

namespace muster {

struct ResultRow {
  WallTime at;
  OrganizationKey organization = 0;
  ServerKey server = 0;
  ProbeSpecPointer probe;
  std::chrono::microseconds duration{0};
  Phases phases;
  CheckStatus status = CheckStatus::kUnknown;
  FailureReason reason = FailureReason::kNone;
  HealthState state = HealthState::kUnknown;
  int http_status = 0;
  bool answered = false;  // the server itself was heard, whatever it said
  WordsPointer words = no_words();
  std::optional<StandardMetricValues> metrics;
  std::optional<HealthChange> change;

  static ResultRow from(const CheckResult& result, const Verdict& verdict);
};

}  // namespace muster
