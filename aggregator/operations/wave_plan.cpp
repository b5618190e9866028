#include "aggregator/operations/wave_plan.h"

#include <algorithm>
#include <cassert>

namespace muster {

std::vector<int> plan_waves(const std::vector<Share>& sizes, const std::vector<bool>& runs) {
  assert(!sizes.empty());
  const int total = static_cast<int>(runs.size());
  std::vector<int> waves;
  waves.reserve(runs.size());
  std::size_t wave = 0;
  int left = std::max(1, sizes.front().of(total));
  for (const bool run : runs) {
    if (run && left == 0) {
      ++wave;
      left = std::max(1, sizes[std::min(wave, sizes.size() - 1)].of(total));
    }
    if (run) --left;
    waves.push_back(static_cast<int>(wave));
  }
  return waves;
}

}  // namespace muster
