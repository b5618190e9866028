#include "aggregator/app/rollup_span.h"

#include <algorithm>

namespace muster {

namespace {

// Twice the pause, as one check may fail to happen; a day at most.
std::chrono::seconds bridged(std::chrono::milliseconds pause) {
  return std::clamp<std::chrono::seconds>(std::chrono::ceil<std::chrono::seconds>(2 * pause),
                                          std::chrono::minutes(10), std::chrono::hours(24));
}

}  // namespace

RollupSpan rollup_span(const Settings& settings) {
  std::chrono::milliseconds pause = settings.probing.breaker.most_delay;
  RollupSpan span;
  span.silence = bridged(pause);
  for (const ProbeEntry& probe : settings.probes) pause = std::max(pause, probe.spec.every);
  span.holds = bridged(pause);
  return span;
}

}  // namespace muster
