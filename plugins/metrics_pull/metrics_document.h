// Reads the body of a /api/v1/metrics/current answer: objects named cpu, memory, disk, network,
// services, llm, users with numbers inside. Known fields become the standard metrics that Muster
// stores in columns; other numbers become custom metrics named after their path. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace metrics_pull {

struct Value {
  std::string name;  // "cpu_percent", "memory_used_bytes", or "custom_queue_depth"
  double value = 0;
};

struct MetricsDocument {
  std::vector<Value> values;  // at most 500
};

// Empty when the body is not a JSON object.
std::optional<MetricsDocument> read_metrics(std::string_view body);

}  // namespace metrics_pull
