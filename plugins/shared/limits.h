// Thresholds for one number, as a configuration states them. One that is not given is never passed.
// A value, immutable, any thread.
#pragma once

#include <optional>

#include "muster/config.hpp"

namespace muster::probes {

struct Limits {
  std::optional<double> warning_above{}, critical_above{}, warning_below{}, critical_below{};

  // warning_above, critical_above, warning_below, critical_below of a map.
  static Limits read(const sdk::Config& config) {
    return {bar(config, "warning_above"), bar(config, "critical_above"),
            bar(config, "warning_below"), bar(config, "critical_below")};
  }
  // KEY: {warning: , critical: } of a figure that is worse the larger it is.
  static Limits above(const sdk::Config& config, std::string_view key) {
    const sdk::Config bars = config[key];
    return {bar(bars, "warning"), bar(bars, "critical"), {}, {}};
  }
  // The same of one that is worse the smaller it is.
  static Limits below(const sdk::Config& config, std::string_view key) {
    const sdk::Config bars = config[key];
    return {{}, {}, bar(bars, "warning"), bar(bars, "critical")};
  }

  bool any() const { return warning_above || critical_above || warning_below || critical_below; }

  // NaN is neither above nor below.
  muster_status judge(double value) const {
    const auto above = [value](const auto& limit) { return limit && value > *limit; };
    const auto below = [value](const auto& limit) { return limit && value < *limit; };
    if (above(critical_above) || below(critical_below)) return MUSTER_CRITICAL;
    return above(warning_above) || below(warning_below) ? MUSTER_WARNING : MUSTER_OK;
  }

 private:
  static std::optional<double> bar(const sdk::Config& bars, std::string_view key) {
    return bars.has(key) ? std::optional(bars.number(key)) : std::nullopt;
  }
};

}  // namespace muster::probes
