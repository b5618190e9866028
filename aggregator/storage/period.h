// The lengths of time in which the history is told. Single readings are the finest one; the others
// are kept as rollups. Buckets are multiples of their period since the Unix epoch. Values.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace muster {

enum class Period { kMinute, kFiveMinutes, kHour, kDay };

// Each of them is computed from the one before, the first from the facts.
inline constexpr std::array kRollupPeriods{Period::kFiveMinutes, Period::kHour, Period::kDay};

constexpr std::string_view to_string(Period period) {
  constexpr std::array<std::string_view, 4> kNames{"1m", "5m", "1h", "1d"};
  return kNames[static_cast<std::size_t>(period)];
}

constexpr std::chrono::seconds length_of(Period period) {
  using namespace std::chrono_literals;
  constexpr std::array<std::chrono::seconds, 4> kLengths{1min, 5min, 1h, 24h};
  return kLengths[static_cast<std::size_t>(period)];
}

constexpr std::optional<Period> period_from(std::string_view name) {
  for (const auto period : {Period::kMinute, Period::kFiveMinutes, Period::kHour, Period::kDay}) {
    if (to_string(period) == name) return period;
  }
  return std::nullopt;
}

// As PostgreSQL reads an interval.
inline std::string interval_text(std::chrono::seconds length) {
  return std::to_string(length.count()) + " seconds";
}

// Where the bucket begins that `time` is in.
constexpr WallTime floor_to(Period period, WallTime time) {
  const std::chrono::microseconds length = length_of(period);
  auto rest = time.time_since_epoch() % length;
  if (rest.count() < 0) rest += length;
  return time - rest;
}

// The first bucket that begins at `time` or later.
constexpr WallTime ceil_to(Period period, WallTime time) {
  const WallTime begin = floor_to(period, time);
  return begin == time ? time : begin + length_of(period);
}

}  // namespace muster
