#include "aggregator/ownfault/fleet_pulse.h"

#include <algorithm>

namespace muster {

void FleetPulse::answered(LastAnswer& last) {
  ++answers_;
  const std::uint32_t window = window_;
  if (last == window) return;  // each server once a window
  last = window;
  ++present().answering;
}

void FleetPulse::silent(LastAnswer last, bool turned) {
  ++silences_;
  if (!turned || last == 0) return;
  if (last >= window_ - 1) ++present().lost;
  wakeup_.ring();
}

void FleetPulse::overloaded() {
  ++overloads_;
}

void FleetPulse::turn() {
  Window& next = windows_[(window_ + 1) % 2];
  next.answering = next.lost = 0;
  next.overloads_before = overloads_;
  next.results_before = results();
  ++window_;
}

PulseCounts FleetPulse::counts() const {
  const std::uint32_t window = window_;
  const Window& now = windows_[window % 2];
  const Window& before = windows_[(window + 1) % 2];
  PulseCounts counts;
  counts.window = window;
  counts.answering_now = now.answering;
  counts.lost = now.lost + before.lost;
  // Who is lost has answered, though perhaps before the daemon started.
  counts.answering = std::max({now.answering.load(), before.answering.load(), counts.lost});
  counts.overloaded = overloads_ - before.overloads_before;
  counts.results = results() - before.results_before;
  counts.answers = answers_;
  counts.silences = silences_;
  return counts;
}

}  // namespace muster
