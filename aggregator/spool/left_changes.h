// The changes of state that an earlier process left on disk. The database may not know of them yet,
// so without them a server that has fallen would be seen to fall once more. Free function, values.
// [main]
#pragma once

#include <unordered_map>
#include <vector>

#include "aggregator/spool/segment.h"
#include "common/model/health_change.h"
#include "common/model/server.h"

namespace muster {

using LeftChanges = std::unordered_map<ServerKey, std::vector<HealthChange>>;  // by slot

// What cannot be read is left out: whoever stores the segments tells of it.
LeftChanges read_left_changes(const std::vector<SealedSegment>& segments);

}  // namespace muster
