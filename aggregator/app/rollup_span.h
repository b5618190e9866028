// How long the rollups bridge time without checks or readings: longer than servers are left alone
// for, by what the configuration says. How long a state holds follows from each server's own
// probes, see health_rollup.cpp. Pure.
#pragma once

#include "aggregator/settings/settings.h"
#include "aggregator/storage/rollup_marks.h"

namespace muster {

RollupSpan rollup_span(const Settings& settings);

}  // namespace muster
