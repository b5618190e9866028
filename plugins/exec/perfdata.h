// Reads performance data as the Monitoring Plugins Development Guidelines define it ("Performance
// data", https://www.monitoring-plugins.org/doc/guidelines.html):
// 'label'=value[UOM];warn;crit;min;max. Pure. Values come out in base units, seconds and bytes,
// with the unit in the name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exec_probe {

struct Reading {
  std::string label;  // as the command wrote it
  std::string name;   // "rta_seconds"
  bool counter = false;
  double value = 0;
  // In the unit of `value`; empty when left out, or when it is a range with two ends.
  std::optional<double> warning, critical, least, most;

  // Whether the name alone does not tell the label: then it goes along as a label of the metric.
  bool renamed() const { return !name.starts_with(label); }
};

// What cannot be read is passed over, and so is "U", a value that the command could not determine.
// At most 500.
std::vector<Reading> read_perfdata(std::string_view text);

}  // namespace exec_probe
