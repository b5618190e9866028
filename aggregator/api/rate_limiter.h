// How many requests a minute each key may make: a bucket that holds a minute's worth and fills
// evenly. Thread-safe.
#pragma once

#include <string>
#include <unordered_map>

#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

struct RateStanding {
  bool allowed = true;
  int quota = 0;                          // a minute
  int remaining = 0;                      // requests that would be allowed now
  std::chrono::seconds until_full{0};     // rounded up
  std::chrono::seconds until_allowed{0};  // the same; 0 when one is allowed now
};

// A standing and which limit it is of, by its name in the headers RateLimit and RateLimit-Policy.
struct Rate {
  std::string policy;
  RateStanding standing;
};

class RateLimiter {
 public:
  explicit RateLimiter(const Clock& clock) : clock_(clock) {}

  RateStanding take(const std::string& key, int quota);
  RateStanding look(const std::string& key, int quota) const;  // takes nothing

 private:
  struct Bucket {
    double level = 0;
    TimePoint at;
  };
  using Buckets = std::unordered_map<std::string, Bucket>;

  struct State {
    Buckets buckets;
    TimePoint swept_at;
  };

  double level(const Buckets& buckets, const std::string& key, int quota) const;
  void make_room(State& state) const;

  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace muster
