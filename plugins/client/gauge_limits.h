// Thresholds of the databases' own measures and how each is judged: a part of the report for what
// has a limit, a metric for everything. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "limits.h"
#include "report.h"

namespace muster::sdk {
class Config;
}

namespace plugin_client {

// `metric` always; a part `name` when there is a limit.
void judge_measure(Report& report, std::string_view name, std::string_view metric, double value,
                   const Limits& limits, std::string_view complaint);

// "KEY_warning" and "KEY_critical": numbers.
Limits number_limits(const muster::sdk::Config& config, const std::string& key);
// The same as durations, in seconds.
Limits duration_limits(const muster::sdk::Config& config, const std::string& key);

}  // namespace plugin_client
