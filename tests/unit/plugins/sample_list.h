// Samples of a metrics document as lines of text, for tests of what reads them. One thread.
#pragma once

#include <sstream>
#include <string>

#include "plugins/prometheus_pull/exposition.h"

namespace muster::test {

class SampleList final : public prometheus_pull::SampleSink {
 public:
  // "name{label=value} 1.5" and " counter" behind counters, a line each.
  std::string text() const { return text_.str(); }

  void take(const prometheus_pull::Sample& sample) override {
    text_ << sample.name;
    for (const auto& [name, value] : sample.labels) text_ << '{' << name << '=' << value << '}';
    text_ << ' ' << sample.value << (sample.is_counter ? " counter\n" : "\n");
  }

 private:
  std::ostringstream text_;
};

}  // namespace muster::test
