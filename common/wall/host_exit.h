// How a muster-probe-host ends, told from its wait status in words for people. Pure.
#pragma once

#include <string>

namespace muster {

// Exit codes that the host itself chooses; a plugin that calls exit() may choose any.
enum class HostExit {
  kStuckRun = 100,
  kOutOfDescriptors = 101,
  kOutOfMemory = 102,
  kUnreadable = 103,  // what came over the wire
};

// "died of SIGSEGV", "exited with code 3"
std::string describe_end(int wait_status);

}  // namespace muster
