// Two bars for one figure: from where on it is a warning, and from where on critical. Read from a
// map `{warning: , critical: }` of the configuration; a bar that is not given is never reached.
// A value, immutable, any thread.
#pragma once

#include <optional>

#include "muster/config.hpp"

namespace muster::probes {

struct Threshold {
  std::optional<double> warning;
  std::optional<double> critical;

  static Threshold read(const sdk::Config& config, std::string_view key) {
    const sdk::Config bars = config[key];
    return {bar(bars, "warning"), bar(bars, "critical")};
  }

  bool given() const { return warning || critical; }

  // Of a figure that is worse the larger it is.
  muster_status above(double value) const {
    if (critical && value > *critical) return MUSTER_CRITICAL;
    return warning && value > *warning ? MUSTER_WARNING : MUSTER_OK;
  }
  // Of one that is worse the smaller it is.
  muster_status below(double value) const {
    if (critical && value < *critical) return MUSTER_CRITICAL;
    return warning && value < *warning ? MUSTER_WARNING : MUSTER_OK;
  }

 private:
  static std::optional<double> bar(const sdk::Config& bars, std::string_view key) {
    return bars.has(key) ? std::optional(bars.number(key)) : std::nullopt;
  }
};

}  // namespace muster::probes
