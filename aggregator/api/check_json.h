// How the API shows the result of a check. Pure.
#pragma once

#include <vector>

#include "aggregator/api/json_writer.h"
#include "common/model/check_result.h"

namespace muster {

void write_check(JsonWriter& json, const CheckResult& result);

// {"dns": 1.2, ...} in milliseconds, without the parts that did not happen.
void write_phases(JsonWriter& json, const Phases& phases);

double milliseconds(std::chrono::microseconds duration);

}  // namespace muster
