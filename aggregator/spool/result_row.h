// What the database keeps of one check, copied out of the result on the server's loop. Values;
// the words are still raw here and are cleaned by the writer.
#pragma once

#include <cstdint>
#include <memory>

#include "aggregator/health/health_sink.h"
#include "common/model/standard_metrics.h"

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
  // Rare and large, so they are kept apart: a row is copied more than once on its way.
  std::shared_ptr<const StandardMetricValues> metrics;
  std::shared_ptr<const std::vector<Metric>> custom_metrics;  // the others, finite values only
  std::shared_ptr<const HealthChange> change;

  static ResultRow from(const CheckResult& result, const Verdict& verdict);

  // About what it takes in memory, as if nothing of it were shared.
  std::size_t size_bytes() const;
};

}  // namespace muster
