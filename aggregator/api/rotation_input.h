// Reads what a client says about the rotation of a server's token; it may say nothing. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "aggregator/api/problem.h"
#include "common/base/secret.h"

namespace muster {

struct RotationInput {
  std::optional<Secret> token;               // none: we are to make one
  std::chrono::seconds overlap{24 * 3'600};  // how long the one before stays usable
};

inline constexpr std::chrono::seconds kLongestOverlap{7 * 24 * 3'600};

tl::expected<RotationInput, Problem> read_rotation(const std::string& body);

}  // namespace muster
