// What one run of a probe against one server found. Made on the server's loop when the run ends
// and handed down the pipeline by const reference; whoever wants to keep it copies what it needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/model/breaker.h"
#include "common/model/check_status.h"
#include "common/model/failure_reason.h"
#include "common/model/probe_spec.h"
#include "common/model/server.h"
#include "common/model/words.h"

namespace muster {

struct Metric {
  enum class Kind : std::uint8_t { kGauge, kCounter };
  std::string name;  // Prometheus naming with the unit last, "memory_used_bytes"
  Kind kind = Kind::kGauge;
  double value = 0;
  std::vector<std::pair<std::string, std::string>> labels;
};

// How long each part of a request took; zero for a part that did not happen.
struct Phases {
  std::chrono::microseconds dns{0};
  std::chrono::microseconds connect{0};
  std::chrono::microseconds tls{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds transfer{0};
};

// What the probe itself says; times, server and schedule are added by the host.
struct Finding {
  CheckStatus status = CheckStatus::kUnknown;
  FailureReason reason = FailureReason::kNone;
  int http_status = 0;  // 0 when there was no HTTP answer
  WordsPointer words = no_words();
  Phases phases;
  std::vector<Metric> metrics;

  const std::string& message() const { return words->message; }
};

struct CheckResult : Finding {
  ServerPointer server;
  ProbeSpecPointer probe;
  WallTime started_at;                           // wall clock, for people and the database
  std::int64_t slot_ms = 0;                      // the scheduled start, Unix milliseconds
  std::chrono::microseconds duration{0};         // start to completion
  BreakerState breaker = BreakerState::kClosed;  // the server's, after this result
};

}  // namespace muster
