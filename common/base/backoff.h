// Delays between retries: doubling from `first` to `most`, each taken at random from its upper half
// so that many clients of one dead server do not come back in step. One owner, no locks.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace muster {

class Backoff {
 public:
  using Delay = std::chrono::milliseconds;

  Backoff(Delay first, Delay most, std::uint32_t seed)
      : first_(first), most_(most), random_(seed) {}

  Delay next();
  void reset() { ceiling_ = Delay::zero(); }

 private:
  const Delay first_;
  const Delay most_;
  Delay ceiling_ = Delay::zero();
  std::minstd_rand random_;
};

}  // namespace muster
