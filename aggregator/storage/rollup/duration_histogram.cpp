#include "aggregator/storage/rollup/duration_histogram.h"

#include <charconv>
#include <cmath>

namespace muster {
namespace {

constexpr int kCountBits = 23;
constexpr double kBinsAnOctave = 8;

}  // namespace

DurationHistogram DurationHistogram::from(const std::vector<std::string>& bins) {
  DurationHistogram histogram;
  for (const std::string& text : bins) {
    std::int32_t code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code);
    const std::int64_t checks = code & ((1 << kCountBits) - 1);
    histogram.checks_[code >> kCountBits] += checks;
    histogram.total_ += checks;
  }
  return histogram;
}

// The checks of a bin are taken to lie evenly in it, by the logarithm.
std::optional<std::chrono::microseconds> DurationHistogram::quantile(double share) const {
  if (total_ == 0) return std::nullopt;
  const double rank = share * static_cast<double>(total_);
  std::int64_t before = 0;
  for (const auto& [bin, checks] : checks_) {
    const double inside = (rank - static_cast<double>(before)) / static_cast<double>(checks);
    before += checks;
    if (inside > 1 && before < total_) continue;
    return std::chrono::microseconds(
        std::llround(std::exp2((bin + std::min(inside, 1.0)) / kBinsAnOctave)));
  }
  return std::nullopt;
}

}  // namespace muster
