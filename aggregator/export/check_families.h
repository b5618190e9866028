// The newest results of the probes in the Prometheus text format: status, duration, phases,
// components and metrics, under the names that the API and the database have for them. One family
// is made at a time, because with a large fleet each takes megabytes. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <span>

#include "aggregator/live/live_table.h"

namespace muster {

struct CheckFamily {
  const char* name;
  const char* help;
  prometheus::MetricType type;
  void (*add)(prometheus::MetricFamily& to, const Server& server, const LiveCheck& check);

  prometheus::MetricFamily begin() const;  // without any series
};

std::span<const CheckFamily> check_families();

}  // namespace muster
