// From which values on a series is bad. A value, pure.
#pragma once

#include <optional>

#include "muster/probe.h"

namespace prometheus_pull {

struct Thresholds {
  std::optional<double> warning_above{}, critical_above{}, warning_below{}, critical_below{};

  // NaN is neither above nor below.
  muster_status status_of(double value) const {
    if (above(value, critical_above) || below(value, critical_below)) return MUSTER_CRITICAL;
    const bool warns = above(value, warning_above) || below(value, warning_below);
    return warns ? MUSTER_WARNING : MUSTER_OK;
  }
  bool any() const { return warning_above || critical_above || warning_below || critical_below; }

 private:
  using Bound = std::optional<double>;
  static bool above(double value, const Bound& bound) { return bound && value > *bound; }
  static bool below(double value, const Bound& bound) { return bound && value < *bound; }
};

}  // namespace prometheus_pull
