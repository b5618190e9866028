// The table of behaviours: from a behaviour to the script that plays it. Pure functions.
#pragma once

#include "tests/simfleet/script.h"

namespace muster::sim {

ScriptPointer make_script(const Behaviour& behaviour);

// Sends one answer and keeps the connection.
ScriptPointer make_plain_script(unsigned status, std::string_view body);

}  // namespace muster::sim
