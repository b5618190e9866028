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
  return state_.with([&](State& state) {
    Buckets& buckets = state.buckets;
    const double before = level(buckets, key, quota);
    const double after = before >= 1 ? before - 1 : before;
    if (buckets.size() >= kMostKeys) make_room(state);
    if (buckets.size() < kMostKeys || buckets.contains(key)) buckets[key] = {after, clock_.now()};
    RateStanding standing = standing_of(after, quota);
    standing.allowed = before >= 1;
    if (standing.allowed) standing.until_allowed = 0s;
    return standing;
  });
}

RateStanding RateLimiter::look(const std::string& key, int quota) const {
  return state_.with(
      [&](const State& state) { return standing_of(level(state.buckets, key, quota), quota); });
}

// A bucket that has been left alone for a minute is full, which is what a new one is. Looking for
// those takes a while, so full as the table may stay, it is done once a second at most.
void RateLimiter::make_room(State& state) const {
  const TimePoint now = clock_.now();
  if (now - state.swept_at < 1s) return;
  state.swept_at = now;
  std::erase_if(state.buckets, [&](const auto& item) { return now - item.second.at > 60s; });
}

double RateLimiter::level(const Buckets& buckets, const std::string& key, int quota) const {
  const auto found = buckets.find(key);
  if (found == buckets.end()) return quota;
  const std::chrono::duration<double> passed = clock_.now() - found->second.at;
  return std::min<double>(quota, found->second.level + passed.count() * quota / kWindowSeconds);
}

}  // namespace muster
