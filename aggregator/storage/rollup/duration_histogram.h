// How long checks took, in bins each 2^(1/8) wide, as the health rollup keeps it: a percentile read
// from it is at most 9 % from the true one. A value.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace muster {

class DurationHistogram {
 public:
  // As duration_histogram() in sql/0009 gives it, each number bin << 23 | checks.
  static DurationHistogram from(const std::vector<std::string>& bins);

  // `share` from 0 to 1. Nothing without checks.
  std::optional<std::chrono::microseconds> quantile(double share) const;

 private:
  std::map<int, std::int64_t> checks_;  // by bin
  std::int64_t total_ = 0;
};

}  // namespace muster
