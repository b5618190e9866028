// Readings of the standard metrics on their way to server_metrics_aggregated. Used for one batch.
// [writer]
#pragma once

#include <string>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/fact_copy.h"

namespace muster {

class MetricsCopy {
 public:
  MetricsCopy(std::vector<TimeRange> bounds, std::string reason);

  void add(const ResultRow& row);  // nothing when it carries no standard metric
  FactCopy& facts() { return facts_; }

 private:
  FactCopy facts_;
};

}  // namespace muster
