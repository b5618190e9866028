#include "shared/gauge_limits.h"

#include "muster/config.hpp"

namespace muster::probes {
namespace {

std::optional<double> seconds(const sdk::Config& config, const std::string& key) {
  if (!config.has(key)) return std::nullopt;
  return std::chrono::duration<double>(config.duration(key)).count();
}

std::optional<double> number(const sdk::Config& config, const std::string& key) {
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

void judge_connections(double used, double most, const Limits& percent, Report& report) {
  report.add_metric("connections", used);
  report.add_metric("connections_max", most);
  judge_measure(report, "connections", "connections_used_percent", 100 * used / most, percent,
                "most of max_connections are in use");
}

Limits number_limits(const sdk::Config& config, const std::string& key) {
  return {number(config, key + "_warning"), number(config, key + "_critical"), {}, {}};
}

Limits duration_limits(const sdk::Config& config, const std::string& key) {
  return {seconds(config, key + "_warning"), seconds(config, key + "_critical"), {}, {}};
}

}  // namespace muster::probes
