#include "aggregator/storage/metrics_copy.h"

#include <algorithm>
#include <utility>

#include "aggregator/storage/clamped.h"

namespace muster {
namespace {

constexpr std::int16_t kMetricColumnCount = 4 + static_cast<std::int16_t>(kStandardMetrics.size());

std::string metric_columns() {
  std::string columns = "ts, org_id, server_key, period_seconds";
  for (const StandardMetric& metric : kStandardMetrics) {
    columns += ", " + std::string(metric.name);
  }
  return columns;
}

float real_of(double value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kMost, kMost));
}

void put_metric(CopyWriter& copy, StandardMetric::Type type, double value) {
  if (std::isnan(value)) return copy.null();
  switch (type) {
    case StandardMetric::Type::kBigint:
      return copy.int64(clamped<std::int64_t>(value));
    case StandardMetric::Type::kReal:
      return copy.float32(real_of(value));
    case StandardMetric::Type::kInteger:
      return copy.int32(clamped<std::int32_t>(value));
  }
}

}  // namespace

MetricsCopy::MetricsCopy(std::vector<TimeRange> bounds, std::string reason)
    : facts_("server_metrics_aggregated", metric_columns(), std::move(bounds), std::move(reason)) {}

void MetricsCopy::add(const ResultRow& row) {
  if (!row.metrics) return;
  CopyWriter& copy = facts_.begin_row(row.at, kMetricColumnCount);
  copy.time(row.at);
  copy.int32(row.organization);
  copy.int32(row.server);
  copy.int32(clamped<std::int32_t>(static_cast<double>(
      std::chrono::duration_cast<std::chrono::seconds>(row.probe->every).count())));
  for (std::size_t i = 0; i < kStandardMetrics.size(); ++i) {
    put_metric(copy, kStandardMetrics[i].type, (*row.metrics)[i]);
  }
  facts_.end_row();
}

}  // namespace muster
