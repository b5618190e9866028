// The merge patch (RFC 7396) that takes every member out of a JSON object. Pure.
#pragma once

#include <string>

namespace muster {

std::string emptying_patch(const std::string& object_json);

}  // namespace muster
