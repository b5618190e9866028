// How far apart the wake-ups of a loop are. While little is due it is wake-ups that cost, so they
// are few; when much is, what starts together must stay a small crowd, or its answers would queue
// up behind each other and look slow. Pure; owned by the EventLoop.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace muster {

class WakeQuantum {
 public:
  using Span = std::chrono::milliseconds;

  explicit WakeQuantum(Span widest) : widest_(widest), span_(widest) {}

  Span span() const { return span_; }

  // So many timers fired at one wake-up.
  void follow(std::size_t fired) {
    if (fired > kMany) span_ = std::max(span_ / 2, std::min(kNarrowest, widest_));
    if (fired < kFew) span_ = std::min(span_ * 2, widest_);
  }

 private:
  static constexpr Span kNarrowest{5};
  static constexpr std::size_t kFew = 8;
  static constexpr std::size_t kMany = 32;

  Span widest_;
  Span span_;
};

}  // namespace muster
