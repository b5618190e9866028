#include "gauge_limits.h"

#include "muster/config.hpp"

namespace plugin_client {
namespace {

std::optional<double> seconds(const muster::sdk::Config& config, const std::string& key) {
  if (!config.has(key)) return std::nullopt;
  return std::chrono::duration<double>(config.duration(key)).count();
}

std::optional<double> number(const muster::sdk::Config& config, const std::string& key) {
  return config.has(key) ? std::optional(config.number(key)) : std::nullopt;
}

}  // namespace

void judge_measure(Report& report, std::string_view name, std::string_view metric, double value,
                   const Limits& limits, std::string_view complaint) {
  report.add_metric(metric, value);
  if (!limits.any()) return;
  const muster_status status = limits.judge(value);
  report.add_part(name, status, status == MUSTER_OK ? std::string_view() : complaint);
}

Limits number_limits(const muster::sdk::Config& config, const std::string& key) {
  return {number(config, key + "_warning"), number(config, key + "_critical"), {}, {}};
}

Limits duration_limits(const muster::sdk::Config& config, const std::string& key) {
  return {seconds(config, key + "_warning"), seconds(config, key + "_critical"), {}, {}};
}

}  // namespace plugin_client
