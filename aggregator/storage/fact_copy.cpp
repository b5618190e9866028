#include "aggregator/storage/fact_copy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "aggregator/storage/fact_codes.h"

namespace muster {
namespace {

constexpr std::string_view kCheckColumns =
    "ts, detail_hash, org_id, server_key, duration_us, dns_us, connect_us, tls_us, first_byte_us, "
    "transfer_us, probe_id, http_status, reason, status, state";
constexpr std::int16_t kCheckColumnCount = 15;
constexpr std::int16_t kMetricColumnCount = 4 + static_cast<std::int16_t>(kStandardMetrics.size());

std::string metric_columns() {
  std::string columns = "ts, org_id, server_key, period_seconds";
  for (const StandardMetric& metric : kStandardMetrics) {
    columns += ", " + std::string(metric.name);
  }
  return columns;
}

template <typename T>
T clamped(double value) {
  // The upper end of int64 is no double, so the comparison comes before the conversion.
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) {
    return std::numeric_limits<T>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) {
    return std::numeric_limits<T>::min();
  }
  return static_cast<T>(std::llround(value));
}

std::int32_t micros_of(std::chrono::microseconds duration) {
  return clamped<std::int32_t>(static_cast<double>(duration.count()));
}

void put_phase(CopyWriter& copy, std::chrono::microseconds phase) {
  phase.count() == 0 ? copy.null() : copy.int32(micros_of(phase));
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

std::string copy_statement(const std::string& table, const std::string& columns) {
  return "COPY " + table + " (" + columns + ") FROM STDIN (FORMAT binary)";
}

}  // namespace

FactCopy::FactCopy(std::string table, std::string columns, std::vector<TimeRange> bounds,
                   std::string reason)
    : table_(std::move(table)),
      columns_(std::move(columns)),
      bounds_(std::move(bounds)),
      reason_(std::move(reason)) {}

CopyWriter& FactCopy::begin_row(WallTime at, std::int16_t columns) {
  refusing_ = std::ranges::none_of(bounds_, [&](const TimeRange& r) { return r.contains(at); });
  ++(refusing_ ? refused_ : kept_);
  CopyWriter& copy = refusing_ ? quarantine_ : rows_;
  copy.row(static_cast<std::int16_t>(columns + (refusing_ ? 1 : 0)));
  return copy;
}

void FactCopy::end_row() {
  if (refusing_) quarantine_.text(reason_);
}

DbResult<void> FactCopy::send(Connection& connection) {
  if (kept_ > 0) {
    auto sent = rows_.send(connection, copy_statement(table_, columns_));
    if (!sent) return fail(sent.error());
  }
  if (refused_ > 0) {
    auto sent = quarantine_.send(
        connection, copy_statement(table_ + "_quarantine", columns_ + ", quarantine_reason"));
    if (!sent) return fail(sent.error());
  }
  return {};
}

HealthCheckCopy::HealthCheckCopy(std::vector<TimeRange> bounds, std::string reason)
    : facts_("server_health_checks", std::string(kCheckColumns), std::move(bounds),
             std::move(reason)) {}

void HealthCheckCopy::add(const ResultRow& row, const RowKeys& keys) {
  CopyWriter& copy = facts_.begin_row(row.at, kCheckColumnCount);
  copy.time(row.at);
  copy.int64(keys.detail_hash);
  copy.int32(row.organization);
  copy.int32(row.server);
  copy.int32(micros_of(row.duration));
  put_phase(copy, row.phases.dns);
  put_phase(copy, row.phases.connect);
  put_phase(copy, row.phases.tls);
  put_phase(copy, row.phases.first_byte);
  put_phase(copy, row.phases.transfer);
  copy.int16(keys.probe_id);
  row.http_status == 0 ? copy.null() : copy.int16(clamped<std::int16_t>(row.http_status));
  copy.int16(static_cast<std::int16_t>(row.reason));
  copy.character(code_of(row.status));
  copy.character(code_of(row.state));
  facts_.end_row();
}

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
