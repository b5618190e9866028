// The circuit breaker of a server, as settings and as a state to show. Values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace muster {

struct BreakerSettings {
  int failures = 5;  // results in a row without any answer before it opens
  std::chrono::milliseconds first_delay{30'000};
  std::chrono::milliseconds most_delay{300'000};

  bool operator==(const BreakerSettings&) const = default;
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };

inline constexpr std::array<std::string_view, 3> kBreakerStateNames{"closed", "open", "half_open"};

constexpr std::string_view to_string(BreakerState state) {
  return kBreakerStateNames[static_cast<std::size_t>(state)];
}

}  // namespace muster
