// The metrics of one server in buckets of time, as the API shows them. Values, no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/storage/partition_planner.h"
#include "aggregator/storage/period.h"
#include "common/model/server.h"

namespace muster {

struct MetricsQuery {
  ServerKey server = 0;
  TimeRange range;                                 // from the bucket that it begins in
  std::optional<Period> period = Period::kMinute;  // nothing: as choose_period() says
  int limit = 1'000;                               // the newest buckets
  std::vector<std::string> fields = {};            // names of metrics; empty: all
  bool averages_only = false;                      // of MetricsStatistics; the rest is not read
};

// One metric in one bucket. Of a counter ("network_receive_bytes") these are rates a second, and
// `last` is what it stood at.
struct MetricsStatistics {
  double average = 0;
  double least = 0;
  double most = 0;
  double last = 0;
};

struct MetricsValue {
  std::string_view name;  // static: a column of server_metrics_aggregated
  MetricsStatistics statistics;
};

struct MetricsBucket {
  WallTime at;  // where it begins, a multiple of the period since the Unix epoch
  std::int64_t samples = 0;
  std::vector<MetricsValue> values;  // without those that had no sample
};

// A custom metric with its labels.
struct MetricsSeries {
  struct Point {
    WallTime at;
    std::int64_t samples = 0;
    MetricsStatistics statistics;
  };
  std::string name;
  bool is_counter = false;
  std::string labels_json = "{}";
  std::vector<Point> points;
};

struct MetricsAnswer {
  Period period = Period::kMinute;
  std::vector<MetricsBucket> buckets;  // oldest first
  std::vector<MetricsSeries> series;   // by name
  bool series_truncated = false;       // there are older points than were read
};

}  // namespace muster
