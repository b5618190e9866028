#include "aggregator/probing/circuit_breaker.h"

#include <algorithm>

namespace muster {

bool CircuitBreaker::admits(TimePoint now) {
  if (state_ == State::kClosed) return true;
  if (state_ == State::kHalfOpen || now < next_trial_) return false;
  state_ = State::kHalfOpen;
  return true;
}

void CircuitBreaker::put_off(TimePoint now) {
  if (state_ != State::kHalfOpen) return;
  state_ = State::kOpen;
  next_trial_ = now + delay_;
}

void CircuitBreaker::on_result(bool answered, bool decided, TimePoint now,
                               const BreakerSettings& settings, std::minstd_rand& random) {
  if (answered) {
    *this = CircuitBreaker();
    return;
  }
  if (state_ == State::kClosed) {
    failures_ = static_cast<std::uint8_t>(std::min(failures_ + 1, 255));
    if (failures_ < settings.failures || !decided) return;
  }
  state_ = State::kOpen;
  delay_ = std::clamp(delay_ * 2, settings.first_delay, settings.most_delay);
  // Up to a tenth less, so that servers lost together are not tried together.
  std::uniform_int_distribution<std::int64_t> jitter(0, delay_.count() / 10);
  next_trial_ = now + delay_ - std::chrono::milliseconds(jitter(random));
}

}  // namespace muster
