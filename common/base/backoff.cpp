#include "common/base/backoff.h"

#include <algorithm>

namespace muster {

Backoff::Delay Backoff::next() {
  ceiling_ = ceiling_ == Delay::zero() ? first_ : std::min(ceiling_ * 2, most_);
  std::uniform_int_distribution<Delay::rep> upper_half(ceiling_.count() / 2, ceiling_.count());
  return Delay(upper_half(random_));
}

}  // namespace muster
