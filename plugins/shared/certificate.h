// The days that what a server showed in its TLS handshake has left, as every probe tells them.
#pragma once

#include <cstdint>
#include <ctime>

namespace muster::probes {

inline constexpr std::int64_t kDaySeconds = 24 * 60 * 60;

inline std::int64_t seconds_until(std::int64_t unix_seconds) {
  return unix_seconds - static_cast<std::int64_t>(std::time(nullptr));
}
inline double whole_days(std::int64_t seconds) {
  return static_cast<double>(seconds / kDaySeconds);
}
inline double days_until(std::int64_t unix_seconds) {  // whole ones
  return whole_days(seconds_until(unix_seconds));
}

}  // namespace muster::probes
