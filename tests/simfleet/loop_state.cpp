#include "tests/simfleet/loop_state.h"

#include "tests/simfleet/connection.h"

namespace muster::sim {

LoopState::LoopState(const FleetContext& fleet_context, LoopStats& loop_stats)
    : fleet(fleet_context), stats(loop_stats) {}

LoopState::~LoopState() = default;

}  // namespace muster::sim
