// What the probes of all loops found and how long it took; export/ reads it. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "common/base/histogram.h"
#include "common/model/check_result.h"

namespace muster {

class ProbingCounters {
 public:
  static constexpr std::size_t kReasons = static_cast<std::size_t>(FailureReason::kSelf) + 1;
  static constexpr std::array<std::string_view, 5> kPhases{"dns", "connect", "tls", "first_byte",
                                                           "transfer"};

  void count(const CheckResult& result);

  std::array<std::atomic<std::uint64_t>, kReasons> results{};  // by FailureReason
  std::atomic<std::int64_t> in_flight{0};
  Histogram duration{kBounds};
  std::array<Histogram, 5> phases{Histogram(kBounds), Histogram(kBounds), Histogram(kBounds),
                                  Histogram(kBounds), Histogram(kBounds)};

 private:
  inline static const std::vector<double> kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                  0.1,    0.25,  0.5,    1,     2.5,  5,     10};
};

}  // namespace muster
