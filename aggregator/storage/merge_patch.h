// JSON merge patch (RFC 7396): null takes a member away, objects merge, everything else replaces.
// Pure.
#pragma once

#include <string>

#include "common/base/result.h"

namespace muster {

// Both are the text of a JSON object.
Result<std::string> merge_patch(const std::string& target, const std::string& patch);

}  // namespace muster
