// Single checks of the history, as the API shows them. Values, no thread rule.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/model/check_result.h"
#include "common/model/health_state.h"

namespace muster {

// The last check of a page; the next page holds older ones.
struct HistoryCursor {
  WallTime at;
  int probe_id = 0;
};

struct HealthHistoryQuery {
  ServerKey server = 0;
  WallTime from;  // inclusive
  WallTime to;    // exclusive
  int limit = 100;
  std::optional<std::string> probe;
  std::optional<CheckStatus> status;
  std::optional<HistoryCursor> before;
};

struct HealthCheckRecord {
  WallTime at;
  int probe_id = 0;
  std::string probe;
  CheckStatus status = CheckStatus::kUnknown;
  HealthState state = HealthState::kUnknown;
  FailureReason reason = FailureReason::kNone;
  int http_status = 0;
  std::chrono::microseconds duration{0};
  Phases phases;
  std::string message;
  std::string components_json = "[]";  // [{"name":...,"status":"ok","message":...}]

  HistoryCursor cursor() const { return {at, probe_id}; }
};

}  // namespace muster
