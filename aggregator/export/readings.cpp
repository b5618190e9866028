#include "aggregator/export/readings.h"

#include <algorithm>
#include <limits>

namespace muster {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
namespace {

ClientMetric::Histogram snapshot(const Histogram& histogram) {
  ClientMetric::Histogram taken;
  const auto counts = histogram.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    taken.sample_count += counts[i];
    const bool last = i == histogram.bounds().size();
    taken.bucket.push_back({taken.sample_count, last ? std::numeric_limits<double>::infinity()
                                                     : histogram.bounds()[i]});
  }
  taken.sample_sum = histogram.sum();
  return taken;
}

void append(const Readings::SeriesList& list, MetricFamily& page) {
  for (const Readings::LabelledValue& item : list) {
    ClientMetric metric;
    metric.label = item.labels;
    metric.counter.value = metric.gauge.value = item.value;
    page.metric.push_back(std::move(metric));
  }
}

}  // namespace

void Readings::add_counter(const std::string& name, const std::string& help, Read read,
                           Labels labels) {
  add(name, help, MetricType::Counter, {std::move(labels), std::move(read)});
}

void Readings::add_gauge(const std::string& name, const std::string& help, Read read,
                         Labels labels) {
  add(name, help, MetricType::Gauge, {std::move(labels), std::move(read)});
}

void Readings::add_counters(const std::string& name, const std::string& help, List list) {
  families_.push_back({name, help, MetricType::Counter, {}, std::move(list)});
}

void Readings::add_gauges(const std::string& name, const std::string& help, List list) {
  families_.push_back({name, help, MetricType::Gauge, {}, std::move(list)});
}

void Readings::add_histogram(const std::string& name, const std::string& help,
                             const Histogram& histogram, Labels labels) {
  add(name, help, MetricType::Histogram, {std::move(labels), {}, &histogram});
}

std::vector<MetricFamily> Readings::Collect() const {
  std::vector<MetricFamily> collected;
  for (const Family& family : families_) {
    MetricFamily& page = collected.emplace_back();
    page.name = family.name;
    page.help = family.help;
    page.type = family.type;
    for (const Series& series : family.series) {
      ClientMetric metric;
      metric.label = series.labels;
      if (series.histogram != nullptr) {
        metric.histogram = snapshot(*series.histogram);
      } else {
        metric.counter.value = metric.gauge.value = series.read();
      }
      page.metric.push_back(std::move(metric));
    }
    if (family.list) append(family.list(), page);
  }
  return collected;
}

void Readings::add(const std::string& name, const std::string& help, MetricType type,
                   Series series) {
  auto family = std::find_if(families_.begin(), families_.end(),
                             [&](const Family& known) { return known.name == name; });
  if (family == families_.end()) {
    families_.push_back({name, help, type, {}, {}});
    family = std::prev(families_.end());
  }
  family->series.push_back(std::move(series));
}

}  // namespace muster
