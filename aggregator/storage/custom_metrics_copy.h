// Readings of custom metrics on their way to custom_metrics. Used for one batch. [writer]
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/fact_copy.h"
#include "aggregator/storage/series_dictionary.h"

namespace muster {

class CustomMetricsCopy {
 public:
  CustomMetricsCopy(std::vector<TimeRange> bounds, std::string reason);

  void add(const SeriesDictionary::Reading& reading);
  FactCopy& facts() { return facts_; }

 private:
  FactCopy facts_;
};

}  // namespace muster
