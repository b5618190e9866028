// Thresholds of the databases' own measures and how each is judged: a part of the report for what
// has a limit, a metric for everything. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "shared/limits.h"
#include "shared/report.h"

namespace muster::sdk {
class Config;
}

namespace muster::probes {

// `metric` always; a part `name` when there is a limit.
void judge_measure(Report& report, std::string_view name, std::string_view metric, double value,
                   const Limits& limits, std::string_view complaint);

// How many of the connections that a database allows are in use. `most` is above 0.
void judge_connections(double used, double most, const Limits& percent, Report& report);

// "KEY_warning" and "KEY_critical": numbers.
Limits number_limits(const sdk::Config& config, const std::string& key);
// The same as durations, in seconds.
Limits duration_limits(const sdk::Config& config, const std::string& key);

}  // namespace muster::probes
