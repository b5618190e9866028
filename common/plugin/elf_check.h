// Looks whether a file is a whole shared library for this machine before the dynamic loader sees
// it: mapping a truncated one would kill the process with SIGBUS. Any thread.
#pragma once

#include <filesystem>

#include "common/base/result.h"

namespace muster {

Result<void> check_shared_library(const std::filesystem::path& path);

}  // namespace muster
