#include "common/model/standard_metrics.h"

#include <limits>
#include <unordered_map>

namespace muster {
namespace {

const std::unordered_map<std::string_view, std::size_t>& positions() {
  static const auto kPositions = [] {
    std::unordered_map<std::string_view, std::size_t> map;
    for (std::size_t i = 0; i < kStandardMetrics.size(); ++i) map[kStandardMetrics[i].name] = i;
    return map;
  }();
  return kPositions;
}

}  // namespace

bool is_standard(const Metric& metric) {
  return metric.labels.empty() && positions().contains(metric.name);
}

std::optional<StandardMetricValues> standard_metrics(const std::vector<Metric>& metrics) {
  std::optional<StandardMetricValues> values;
  for (const Metric& metric : metrics) {
    const auto position = positions().find(metric.name);
    if (position == positions().end() || !metric.labels.empty() || !std::isfinite(metric.value)) {
      continue;
    }
    if (!values) values.emplace().fill(std::numeric_limits<double>::quiet_NaN());
    (*values)[position->second] = metric.value;
  }
  return values;
}

}  // namespace muster
