// How one check ended. The numbers are Nagios exit codes, part of the plugin ABI and stored.
#pragma once

#include <cstdint>
#include <string_view>

namespace muster {

enum class CheckStatus : std::int8_t { kOk = 0, kWarning = 1, kCritical = 2, kUnknown = 3 };

constexpr std::string_view to_string(CheckStatus status) {
  switch (status) {
    case CheckStatus::kOk:
      return "ok";
    case CheckStatus::kWarning:
      return "warning";
    case CheckStatus::kCritical:
      return "critical";
    case CheckStatus::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace muster
