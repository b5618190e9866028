// Custom metrics in buckets, one for each server and series. Pure.
#pragma once

#include "aggregator/storage/rollup/rollup.h"

namespace muster {

const Rollup& custom_rollup();

}  // namespace muster
