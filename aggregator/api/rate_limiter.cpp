#include "aggregator/api/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKeys = 16'384;
constexpr double kWindowSeconds = 60;

std::chrono::seconds time_to_fill(double missing, int quota) {
  return std::chrono::seconds(
      static_cast<std::int64_t>(std::ceil(std::max(missing, 0.0) * kWindowSeconds / quota)));
}

RateStanding standing_of(double level, int quota) {
  return {level >= 1, quota, static_cast<int>(level), time_to_fill(quota - level, quota),
          time_to_fill(1 - level, quota)};
}

}  // namespace

RateStanding RateLimiter::take(const std::string& key, int quota) {
  return buckets_.with([&](Buckets& buckets) {
    const double before = level(buckets, key, quota);
    const double after = before >= 1 ? before - 1 : before;
    // A bucket that has been left alone for a minute is full, which is what a new one is.
    if (buckets.size() >= kMostKeys) {
      std::erase_if(buckets, [&](const auto& item) { return clock_.now() - item.second.at > 60s; });
    }
    if (buckets.size() < kMostKeys || buckets.contains(key)) buckets[key] = {after, clock_.now()};
    RateStanding standing = standing_of(after, quota);
    standing.allowed = before >= 1;
    if (standing.allowed) standing.until_allowed = 0s;
    return standing;
  });
}

RateStanding RateLimiter::look(const std::string& key, int quota) const {
  return buckets_.with(
      [&](const Buckets& buckets) { return standing_of(level(buckets, key, quota), quota); });
}

double RateLimiter::level(const Buckets& buckets, const std::string& key, int quota) const {
  const auto found = buckets.find(key);
  if (found == buckets.end()) return quota;
  const std::chrono::duration<double> passed = clock_.now() - found->second.at;
  return std::min<double>(quota, found->second.level + passed.count() * quota / kWindowSeconds);
}

}  // namespace muster
