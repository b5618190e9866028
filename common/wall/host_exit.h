// How a muster-probe-host ends, told from its wait status in words for people.
// Stateless.
#pragma once

#include <optional>
#include <string>

namespace muster {

// Exit codes that the host itself chooses; a plugin that calls exit() may choose any.
enum class HostExit {
  kUnwanted = 0,  // the daemon is gone, or wants it no more
  kStuckRun = 100,
  kOutOfDescriptors = 101,
  kOutOfMemory = 102,
  kUnreadable = 103,  // what came over the wire
  kLostSocket = 104,
};

[[noreturn]] void end_host(HostExit why);  // at once, without anybody's destructors

// "died of SIGSEGV", "exited with code 3". Nothing: there was no wait status to be had.
std::string describe_end(std::optional<int> wait_status);

}  // namespace muster
