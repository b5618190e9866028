// One sample of a metrics document, and who takes them. A sample is borrowed for the call.
#pragma once

#include <string_view>
#include <vector>

namespace prometheus_pull {

struct Label {
  std::string_view name;
  std::string_view value;  // unescaped
};

struct Sample {
  std::string_view name;  // with its suffix: "http_requests_total", "latency_seconds_bucket"
  const std::vector<Label>& labels;
  double value = 0;         // may be NaN or infinite
  bool is_counter = false;  // by its TYPE; without one, by a name that ends in _total

  // Empty when there is no such label, as in PromQL.
  std::string_view label(std::string_view wanted) const {
    for (const auto& [label_name, label_value] : labels) {
      if (label_name == wanted) return label_value;
    }
    return {};
  }
};

class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual void take(const Sample& sample) = 0;
};

}  // namespace prometheus_pull
