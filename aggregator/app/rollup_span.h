// How long a state holds for the rollups when no check follows: longer than servers are left alone
// for, by what the configuration says. Pure.
#pragma once

#include "aggregator/settings/settings.h"
#include "aggregator/storage/rollup_marks.h"

namespace muster {

RollupSpan rollup_span(const Settings& settings);

}  // namespace muster
