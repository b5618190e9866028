// Plays a script: says what to do next, and is told when it is done. Knows no socket and no clock.
// Belongs to one connection.
#pragma once

#include <chrono>
#include <string_view>

#include "tests/simfleet/script.h"

namespace muster::sim {

struct Move {
  enum class What : std::uint8_t { kSend, kWait, kHang, kClose, kReset, kDone };
  What what;
  std::string_view bytes = {};
  std::chrono::milliseconds wait{0};
};

class Playback {
 public:
  // `content` must stay as it is until the script is done.
  void start(ScriptPointer script, std::string_view content);

  Move next() const;
  void sent(std::size_t bytes);  // of what next() said
  void waited();

 private:
  const Step& step() const { return script_->steps[step_]; }
  void enter_step();

  ScriptPointer script_;
  std::string_view content_;
  std::size_t step_ = 0;
  std::string_view left_;          // of the current round of the step
  std::uint64_t rounds_left_ = 0;  // after the current one
  bool drip_waits_ = false;
};

}  // namespace muster::sim
