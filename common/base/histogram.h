// Counts how often values fell below bounds, as a Prometheus histogram does, and the largest value.
// Observed by any thread without a lock; read while it is written, so a reader may see an
// observation in one figure and not yet in another.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace muster {

class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);  // ascending; a last one of infinity is implied

  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  std::vector<std::uint64_t> counts() const;  // for each bound and beyond, not cumulated
  double sum() const { return sum_.load(std::memory_order_relaxed); }
  double max() const { return max_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
  std::atomic<double> max_{0};
};

}  // namespace muster
