// The result that speaks for all of a server. Pure.
#pragma once

#include <vector>

#include "common/model/check_result.h"

namespace muster {

// Critical before unknown, warning and ok. Not of an empty list.
const CheckResult& worst_of(const std::vector<CheckResult>& results);

}  // namespace muster
