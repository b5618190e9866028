// Health in buckets: seconds in each state, checks, failures, how long checks took. Pure.
#pragma once

#include "aggregator/storage/rollup/rollup.h"

namespace muster {

const Rollup& health_rollup();

}  // namespace muster
