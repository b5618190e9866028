// The `checks:` part of muster-shim.yaml as typed values.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent-shim/check_target.h"
#include "common/config/fault.h"
#include "common/config/node.h"

namespace muster::shim {

struct CheckSettings {
  std::string name;
  bool critical = true;
  std::chrono::milliseconds timeout{2000};
  CheckTarget target;
};

// `checks` has passed the schema. Adds a fault for each entry that is not exactly one kind of
// check.
std::vector<CheckSettings> read_checks(const Node& checks, Faults& faults);

}  // namespace muster::shim
