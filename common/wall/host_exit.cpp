#include "common/wall/host_exit.h"

#include <sys/wait.h>

#include <cstring>

namespace muster {

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(wait_status));
    return "died of " + (name != nullptr ? std::string("SIG") + name
                                         : "signal " + std::to_string(WTERMSIG(wait_status)));
  }
  const int code = WEXITSTATUS(wait_status);
  switch (static_cast<HostExit>(code)) {
    case HostExit::kStuckRun:
      return "was ended because a run was still open long after its deadline";
    case HostExit::kOutOfDescriptors:
      return "was ended because it had used up its descriptors";
    case HostExit::kOutOfMemory:
      return "was ended because it had used up its memory";
    case HostExit::kUnreadable:
      return "was ended because it could not read what it was told";
  }
  return "exited with code " + std::to_string(code);
}

}  // namespace muster
