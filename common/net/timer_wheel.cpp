#include "common/net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace muster {

void Timer::cancel() {
  if (wheel_ != nullptr) wheel_->unlink(*this);
}

void TimerWheel::arm(Timer& timer, Tick due) {
  timer.cancel();
  timer.due_ = std::max(due, now_ + 1);
  link(timer);
}

std::size_t TimerWheel::advance(Tick now) {
  std::size_t fired = 0;
  while (now_ < now) {
    const auto event = next();
    if (!event || *event > now) {
      now_ = now;
      return fired;
    }
    now_ = *event;
    // From the coarsest level down, so that what trickles down is seen by the finer ones.
    for (int level = kLevels - 1; level > 0; --level) {
      const Tick finer = (Tick{1} << (level * kBits)) - 1;
      if ((now_ & finer) == 0) cascade(level);
    }
    fired += fire_slot();
  }
  return fired;
}

std::optional<TimerWheel::Tick> TimerWheel::next() const {
  std::optional<Tick> first;
  for (int level = 0; level < kLevels; ++level) {
    const auto candidate = next_of(level);
    if (candidate && (!first || *candidate < *first)) first = candidate;
  }
  return first;
}

// The level is chosen by the distance, so a slot one whole turn ahead shares the index of the
// current one; next_of() reads that index as "a turn ahead", since the current slot is empty.
TimerWheel::Place TimerWheel::place_of(Tick due) const {
  const Tick distance = due - now_;
  int level = 0;
  while (level < kLevels - 1 && distance >= (Tick{1} << ((level + 1) * kBits))) ++level;
  return {level, (due >> (level * kBits)) % kSlots};
}

void TimerWheel::link(Timer& timer) {
  const auto [level, slot] = place_of(timer.due_);
  Timer*& head = levels_[level].slots[slot];
  timer.wheel_ = this;
  timer.previous_ = nullptr;
  timer.next_ = head;
  if (head != nullptr) head->previous_ = &timer;
  head = &timer;
  levels_[level].occupied[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::unlink(Timer& timer) {
  if (timer.next_ != nullptr) timer.next_->previous_ = timer.previous_;
  if (timer.previous_ != nullptr) {
    timer.previous_->next_ = timer.next_;
  } else if (firing_ == &timer) {
    firing_ = timer.next_;
  } else {
    // The first of its slot, which is where it was placed or where a cascade moved it.
    for (int level = 0; level < kLevels; ++level) {
      const std::size_t slot = (timer.due_ >> (level * kBits)) % kSlots;
      if (levels_[level].slots[slot] != &timer) continue;
      levels_[level].slots[slot] = timer.next_;
      if (timer.next_ == nullptr) {
        levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      }
      break;
    }
  }
  timer.wheel_ = nullptr;
  timer.previous_ = timer.next_ = nullptr;
}

void TimerWheel::cascade(int level) {
  const std::size_t slot = (now_ >> (level * kBits)) % kSlots;
  Timer* timer = levels_[level].slots[slot];
  levels_[level].slots[slot] = nullptr;
  levels_[level].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  while (timer != nullptr) {
    Timer* const following = timer->next_;
    link(*timer);
    timer = following;
  }
}

std::size_t TimerWheel::fire_slot() {
  std::size_t fired = 0;
  const std::size_t slot = now_ % kSlots;
  firing_ = levels_[0].slots[slot];
  levels_[0].slots[slot] = nullptr;
  levels_[0].occupied[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  while (firing_ != nullptr) {
    Timer& timer = *firing_;
    unlink(timer);
    // A copy, because the timer may destroy itself while it fires.
    const auto fire = timer.fire_;
    fire();
    ++fired;
  }
  return fired;
}

std::optional<TimerWheel::Tick> TimerWheel::next_of(int level) const {
  const Tick block = now_ >> (level * kBits);
  const auto& occupied = levels_[level].occupied;
  const std::size_t start = (block + 1) % kSlots;
  for (std::size_t i = 0; i <= kWords; ++i) {
    const std::size_t word = (start / 64 + i) % kWords;
    std::uint64_t bits = occupied[word];
    if (i == 0) bits &= ~std::uint64_t{0} << (start % 64);
    if (i == kWords) bits &= (std::uint64_t{1} << (start % 64)) - 1;
    if (bits == 0) continue;
    const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    const Tick distance = (slot + kSlots - start) % kSlots + 1;
    return (block + distance) << (level * kBits);
  }
  return std::nullopt;
}

}  // namespace muster
