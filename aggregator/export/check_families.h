// The newest results of the probes in the Prometheus text format: status, duration, phases,
// components and metrics, under the names that the API and the database have for them. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <set>
#include <string>
#include <vector>

#include "aggregator/live/live_table.h"

namespace muster {

class CheckFamilies {
 public:
  CheckFamilies();

  void add(const Server& server, const LiveCheck& check);
  std::vector<prometheus::MetricFamily> take();

 private:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  void add_phases(const Labels& check_labels, const Phases& phases);
  void add_components(const Labels& check_labels, const std::vector<Component>& components);
  void add_metrics(const Labels& check_labels, const std::vector<Metric>& metrics);

  prometheus::MetricFamily status_, duration_, phases_, components_, metrics_;
};

}  // namespace muster
