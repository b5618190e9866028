#include "aggregator/app/rollup_span.h"

#include <algorithm>

namespace muster {

// Twice the longest pause: one check may fail to happen. A day at most, for so much more is read.
RollupSpan rollup_span(const Settings& settings) {
  std::chrono::milliseconds pause = settings.probing.breaker.most_delay;
  for (const ProbeEntry& probe : settings.probes) pause = std::max(pause, probe.spec.every);
  RollupSpan span;
  span.holds = std::clamp<std::chrono::seconds>(std::chrono::ceil<std::chrono::seconds>(2 * pause),
                                                span.holds, std::chrono::hours(24));
  return span;
}

}  // namespace muster
