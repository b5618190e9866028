// What the history holds, as the API shows it: single checks, and metrics in buckets of time.
// Values, no thread rule.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

enum class MetricsPeriod { kMinute, kFiveMinutes, kHour, kDay };

struct MetricsQuery {
  ServerKey server = 0;
  WallTime from;  // inclusive
  WallTime to;    // exclusive
  MetricsPeriod period = MetricsPeriod::kMinute;
  int limit = 1'000;  // the newest ones
};

// One metric in one bucket. Of a counter ("network_receive_bytes") it is the rate a second.
struct MetricsValue {
  std::string_view name;  // static: a column of server_metrics_aggregated
  double average = 0;
  double least = 0;
  double most = 0;
};

struct MetricsBucket {
  WallTime at;  // where it begins, a multiple of the period since the Unix epoch
  std::int64_t samples = 0;
  std::vector<MetricsValue> values;  // without those that had no sample
};

constexpr std::string_view to_string(MetricsPeriod period) {
  switch (period) {
    case MetricsPeriod::kMinute:
      return "1m";
    case MetricsPeriod::kFiveMinutes:
      return "5m";
    case MetricsPeriod::kHour:
      return "1h";
    case MetricsPeriod::kDay:
      return "1d";
  }
  return "1m";
}

constexpr std::optional<MetricsPeriod> metrics_period_from(std::string_view name) {
  for (const auto period : {MetricsPeriod::kMinute, MetricsPeriod::kFiveMinutes,
                            MetricsPeriod::kHour, MetricsPeriod::kDay}) {
    if (to_string(period) == name) return period;
  }
  return std::nullopt;
}

}  // namespace muster
