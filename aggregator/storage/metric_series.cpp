#include "aggregator/storage/metric_series.h"

#include <Poco/JSONString.h>

#include <algorithm>

#include "aggregator/storage/clean_text.h"

namespace muster {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

bool is_small_enough(const Metric& metric) {
  const auto fits = [](const auto& label) {
    return label.first.size() <= MetricSeries::kMostLabelBytes &&
           label.second.size() <= MetricSeries::kMostLabelBytes;
  };
  return metric.name.size() <= MetricSeries::kMostNameBytes &&
         metric.labels.size() <= MetricSeries::kMostLabels &&
         std::ranges::all_of(metric.labels, fits);
}

std::string json_of(Labels labels) {
  std::ranges::sort(labels);
  std::string json = "{";
  for (const auto& [name, value] : labels) {
    if (json.size() > 1) json += ',';
    json += Poco::toJSON(clean_text(name)) + ':' + Poco::toJSON(clean_text(value));
  }
  return json += '}';
}

}  // namespace

std::optional<MetricSeries> MetricSeries::of(OrganizationKey organization, const Metric& metric) {
  if (metric.name.empty() || !is_small_enough(metric)) return std::nullopt;
  MetricSeries series{organization, metric.kind == Metric::Kind::kCounter, clean_text(metric.name),
                      json_of(metric.labels)};
  if (series.labels_json.size() > kMostLabelsJsonBytes) return std::nullopt;
  return series;
}

}  // namespace muster
