// The changes of state that an earlier process left on disk. The database may not know of them yet,
// so without them a server that has fallen would be seen to fall once more. Free function, values.
// [main]
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "common/model/known_health.h"
#include "aggregator/spool/segment.h"

namespace muster {

using LeftChanges = std::unordered_map<ServerKey, KnownHealth>;

// The newest ones, as much as is read in some seconds. Those that the writer has removed meanwhile
// are in the database; what cannot be read otherwise is logged and left out.
LeftChanges read_left_changes(const std::vector<SealedSegment>& segments,
                              const std::function<bool()>& give_up);

}  // namespace muster
