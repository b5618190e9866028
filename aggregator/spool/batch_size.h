// How many rows are offered to the database at once: half as many after each attempt that took too
// long, more again when it is quick. Owned by thread `writer`.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace muster {

class BatchSize {
 public:
  explicit BatchSize(std::size_t most) : most_(most), rows_(most) {}

  std::size_t rows() const { return rows_; }

  void too_slow(std::size_t rows) { rows_ = std::max<std::size_t>(rows / 2, 1); }

  // Twice as many may take twice as long, so only what took little time lets it grow.
  void stored(std::size_t rows, std::chrono::steady_clock::duration took) {
    if (rows >= rows_ && took < kQuick) rows_ = std::min(rows_ * 2, most_);
  }

 private:
  static constexpr std::chrono::seconds kQuick{1};

  const std::size_t most_;
  std::size_t rows_;
};

}  // namespace muster
