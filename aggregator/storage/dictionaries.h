// The tables whose rows the facts name instead of repeating them: texts of checks, series of custom
// metrics. What was last noted before the oldest facts begin is named by none and goes. [upkeep]
#pragma once

#include <string_view>
#include <vector>

#include "aggregator/storage/connection.h"
#include "common/base/stop_signal.h"

namespace muster {

struct Dictionary {
  std::string_view table;
  std::vector<std::string_view> facts;  // whose partitions must all begin later; one is enough to
                                        // find it by, the first
  std::string_view unused = "true";     // further condition on a row `d`
};

const std::vector<Dictionary>& dictionaries();

// In statements of some megabytes of the table each, so that none takes long. Returns how many rows
// went.
DbResult<std::int64_t> prune_dictionary(Connection& connection, const Dictionary& dictionary,
                                        const StopSignal& stop);

}  // namespace muster
