// Thresholds for one number, as a configuration states them: *_above and *_below. Pure, immutable.
#pragma once

#include <optional>

#include "muster/probe.h"

namespace muster::probes {

struct Limits {
  std::optional<double> warning_above, critical_above, warning_below, critical_below;

  bool any() const { return warning_above || critical_above || warning_below || critical_below; }

  muster_status judge(double value) const {
    const auto above = [value](const auto& limit) { return limit && value > *limit; };
    const auto below = [value](const auto& limit) { return limit && value < *limit; };
    if (above(critical_above) || below(critical_below)) return MUSTER_CRITICAL;
    return above(warning_above) || below(warning_below) ? MUSTER_WARNING : MUSTER_OK;
  }
};

}  // namespace muster::probes
