#include "aggregator/spool/result_row.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace muster {
namespace {

// Whether the server was heard. A failure of our own side says nothing about it.
bool was_answered(const CheckResult& result) {
  if (result.http_status != 0) return true;
  switch (result.reason) {
    case FailureReason::kSelfOverload:
    case FailureReason::kAddressDenied:
    case FailureReason::kCancelled:
    case FailureReason::kPlugin:
    case FailureReason::kSelf:
      return false;
    default:
      return !means_unreachable(result.reason);
  }
}

bool is_custom(const Metric& metric) {
  return std::isfinite(metric.value) && !is_standard(metric);
}

std::shared_ptr<const std::vector<Metric>> custom_among(const std::vector<Metric>& metrics) {
  if (std::ranges::none_of(metrics, is_custom)) return nullptr;
  auto custom = std::make_shared<std::vector<Metric>>();
  std::ranges::copy_if(metrics, std::back_inserter(*custom), is_custom);
  return custom;
}

std::size_t size_of(const Words& words) {
  std::size_t bytes = sizeof words + words.message.size();
  for (const Component& component : words.components) {
    bytes += sizeof component + component.name.size() + component.message.size();
  }
  return bytes;
}

std::size_t size_of(const Metric& metric) {
  std::size_t bytes = sizeof metric + metric.name.size();
  for (const auto& label : metric.labels) {
    bytes += sizeof label + label.first.size() + label.second.size();
  }
  return bytes;
}

}  // namespace

std::size_t ResultRow::size_bytes() const {
  std::size_t bytes = sizeof *this;
  if (words != no_words()) bytes += size_of(*words);
  if (metrics) bytes += sizeof *metrics;
  if (change) bytes += sizeof *change + change->message.size();
  if (!custom_metrics) return bytes;
  for (const Metric& metric : *custom_metrics) bytes += size_of(metric);
  return bytes;
}

ResultRow ResultRow::from(const CheckResult& result, const Verdict& verdict) {
  ResultRow row;
  row.at = result.started_at;
  row.organization = result.server->organization;
  row.server = result.server->key;
  row.probe = result.probe;
  row.duration = result.duration;
  row.phases = result.phases;
  row.status = result.status;
  row.reason = result.reason;
  row.state = verdict.state;
  row.http_status = result.http_status;
  row.answered = was_answered(result);
  row.words = result.words;
  if (const auto metrics = standard_metrics(result.metrics)) {
    row.metrics = std::make_shared<const StandardMetricValues>(*metrics);
  }
  row.custom_metrics = custom_among(result.metrics);
  if (verdict.change) row.change = std::make_shared<const HealthChange>(*verdict.change);
  return row;
}

}  // namespace muster
