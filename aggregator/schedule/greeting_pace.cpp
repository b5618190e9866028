#include "aggregator/schedule/greeting_pace.h"

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

constexpr std::size_t kSmallFleet = 200;
constexpr double kQuickestMs = 20;
constexpr double kSlowestMs = 1000;
constexpr double kShareOfLoad = 0.05;

}  // namespace

std::int64_t greeting_pace_ms(std::size_t tasks, double starts_per_ms) {
  if (tasks <= kSmallFleet) return static_cast<std::int64_t>(kQuickestMs);
  const double pace = 1 / (kShareOfLoad * starts_per_ms);
  return std::llround(std::clamp(pace, kQuickestMs, kSlowestMs));
}

}  // namespace muster
