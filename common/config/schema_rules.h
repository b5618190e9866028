// Is the schema itself right? A plugin's may not be. Free function, any thread.
#pragma once

#include "common/config/fault.h"
#include "common/config/node.h"

namespace muster {

Faults check_schema(const Node& schema);

}  // namespace muster
