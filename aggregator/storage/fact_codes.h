// The one-letter codes of server_health_checks.status and .state, indexed by the enums' numbers.
#pragma once

#include <string_view>

#include "common/model/check_status.h"
#include "common/model/health_state.h"

namespace muster {

inline constexpr std::string_view kStatusCodes = "owcu";   // ok warning critical unknown
inline constexpr std::string_view kStateCodes = "hdcu?m";  // healthy degraded critical unreachable
                                                           // unknown maintenance

constexpr char code_of(CheckStatus status) {
  return kStatusCodes[static_cast<std::size_t>(status)];
}

constexpr char code_of(HealthState state) {
  return kStateCodes[static_cast<std::size_t>(state)];
}

constexpr CheckStatus status_of_code(char code) {
  const auto at = kStatusCodes.find(code);
  return at == std::string_view::npos ? CheckStatus::kUnknown : static_cast<CheckStatus>(at);
}

constexpr HealthState state_of_code(char code) {
  const auto at = kStateCodes.find(code);
  return at == std::string_view::npos ? HealthState::kUnknown : static_cast<HealthState>(at);
}

}  // namespace muster
