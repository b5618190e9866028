// Figures that other stages keep as atomics, read when /metrics is asked for: each is a name, a
// help text and a function. All are added at start; the functions are called from any thread.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/histogram.h"

namespace muster {

class Readings final : public prometheus::Collectable {
 public:
  using Read = std::function<double()>;  // a figure; a histogram is borrowed for good
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  // Called again with the same name, adds a series with other labels.
  void add_counter(const std::string& name, const std::string& help, Read read, Labels labels = {});
  void add_gauge(const std::string& name, const std::string& help, Read read, Labels labels = {});

  // For labels that are known only when they are read; `list` is called for each page.
  struct LabelledValue {
    Labels labels;
    double value = 0;
  };
  using SeriesList = std::vector<LabelledValue>;
  using List = std::function<SeriesList()>;
  void add_counters(const std::string& name, const std::string& help, List list);
  void add_gauges(const std::string& name, const std::string& help, List list);

  void add_histogram(const std::string& name, const std::string& help, const Histogram& histogram,
                     Labels labels = {});

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  struct Series {
    Labels labels;
    Read read;
    const Histogram* histogram = nullptr;  // instead of `read`
  };
  struct Family {
    std::string name;
    std::string help;
    prometheus::MetricType type;
    std::vector<Series> series;
    List list;  // instead of `series`
  };

  void add(const std::string& name, const std::string& help, prometheus::MetricType type,
           Series series);

  std::vector<Family> families_;
};

}  // namespace muster
