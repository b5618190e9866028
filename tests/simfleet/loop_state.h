// What the connections of one event loop share: its clock, timers, buffers and lists. Touched by
// that loop's thread only; the loop owns it.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "tests/simfleet/fleet_context.h"
#include "tests/simfleet/script_library.h"
#include "tests/simfleet/timer_queue.h"

namespace muster::sim {

class Connection;

struct LoopState {
  using Connections = std::list<std::unique_ptr<Connection>>;

  LoopState(const FleetContext& fleet_context, LoopStats& loop_stats);
  ~LoopState();
  LoopState(const LoopState&) = delete;
  LoopState& operator=(const LoopState&) = delete;

  const FleetContext& fleet;
  LoopStats& stats;
  ScriptLibrary scripts;
  TimerQueue timers;
  TimePoint now;
  Connections by_idleness;             // the longest idle first
  Connections closed;                  // to be deleted when nothing points to them any more
  std::vector<Connection*> run_again;  // stopped to let others run, not because they had to wait
  std::array<char, 64 * 1024> read_buffer;
  std::string document;  // being made for one request
};

}  // namespace muster::sim
