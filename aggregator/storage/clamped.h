// A number fitted into an integer type: what is too large or too small becomes the type's end.
// Pure.
#pragma once

#include <cmath>
#include <limits>

namespace muster {

template <typename T>
T clamped(double value) {
  // The upper end of int64 is no double, so the comparison comes before the conversion.
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) {
    return std::numeric_limits<T>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) {
    return std::numeric_limits<T>::min();
  }
  return static_cast<T>(std::llround(value));
}

}  // namespace muster
