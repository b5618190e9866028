// A hierarchical timing wheel: arming, cancelling and firing a timer cost O(1) however many there
// are (Varghese and Lauck, 1987). It has no clock and no thread: its owner, an EventLoop, tells it
// what tick it is. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace muster {

class TimerWheel;

// One timer, armed at most once at a time; it leaves the wheel when it is destroyed.
class Timer {
 public:
  explicit Timer(std::function<void()> fire) : fire_(std::move(fire)) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool armed() const { return wheel_ != nullptr; }
  void cancel();

 private:
  friend class TimerWheel;

  std::function<void()> fire_;
  TimerWheel* wheel_ = nullptr;
  Timer* previous_ = nullptr;  // nullptr: first of its slot
  Timer* next_ = nullptr;
  std::uint64_t due_ = 0;
};

class TimerWheel {
 public:
  using Tick = std::uint64_t;

  explicit TimerWheel(Tick now) : now_(now) {}

  // Fires at `due`, or at the next tick if that has passed. Rearms a timer that is armed.
  void arm(Timer& timer, Tick due);

  // Fires all that is due up to `now`, in order of their ticks. Timers may arm, cancel and destroy
  // any timer meanwhile, themselves too. Returns how many fired.
  std::size_t advance(Tick now);

  // The first tick at which advance() has something to do.
  std::optional<Tick> next() const;

  Tick now() const { return now_; }

 private:
  friend class Timer;

  static constexpr int kLevels = 5;
  static constexpr int kBits = 8;
  static constexpr std::size_t kSlots = std::size_t{1} << kBits;
  static constexpr std::size_t kWords = kSlots / 64;

  struct Level {
    std::array<Timer*, kSlots> slots{};
    std::array<std::uint64_t, kWords> occupied{};
  };
  struct Place {
    int level;
    std::size_t slot;
  };

  Place place_of(Tick due) const;
  void link(Timer& timer);
  void unlink(Timer& timer);
  void cascade(int level);
  std::size_t fire_slot();
  std::optional<Tick> next_of(int level) const;

  std::array<Level, kLevels> levels_;
  Tick now_;
  Timer* firing_ = nullptr;  // what is left of the slot being fired
};

}  // namespace muster
