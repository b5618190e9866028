// Runs a program without a shell and returns what it writes to standard output.
#pragma once

#include <string>
#include <vector>

#include "agent-shim/deadline.h"
#include "common/base/result.h"

namespace muster::shim {

// `command[0]` is an absolute path. At most 4 KiB are read. At the deadline, or when the program
// writes more, it is killed; it is always reaped before this returns.
Result<std::string> program_output(std::vector<std::string> command, const Deadline& deadline);

}  // namespace muster::shim
