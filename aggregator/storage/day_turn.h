// Says once a UTC day that a new one has begun: what is remembered of the database is then asked
// anew. Owned by the thread that asks.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace muster {

class DayTurn {
 public:
  using Now = std::function<std::chrono::system_clock::time_point()>;

  explicit DayTurn(Now now = std::chrono::system_clock::now)
      : now_(std::move(now)), day_(today()) {}

  bool turned() {
    const auto before = std::exchange(day_, today());
    return before != day_;
  }

 private:
  std::chrono::sys_days today() const { return std::chrono::floor<std::chrono::days>(now_()); }

  Now now_;
  std::chrono::sys_days day_;
};

}  // namespace muster
