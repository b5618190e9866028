// What Muster holds a server to be. The numbers are stored and exported: only ever added.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace muster {

enum class HealthState : std::int8_t {
  kHealthy = 0,
  kDegraded = 1,
  kCritical = 2,
  kUnreachable = 3,
  kUnknown = 4,
  kMaintenance = 5,
};

inline constexpr std::array<std::string_view, 6> kHealthStateNames{
    "healthy", "degraded", "critical", "unreachable", "unknown", "maintenance"};

constexpr std::string_view to_string(HealthState state) {
  return kHealthStateNames[static_cast<std::size_t>(state)];
}

constexpr std::optional<HealthState> health_state_from(std::string_view name) {
  for (std::size_t i = 0; i < kHealthStateNames.size(); ++i) {
    if (kHealthStateNames[i] == name) return static_cast<HealthState>(i);
  }
  return std::nullopt;
}

}  // namespace muster
