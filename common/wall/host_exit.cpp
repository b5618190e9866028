#include "common/wall/host_exit.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

namespace muster {

namespace {

std::string describe_signal(int number) {
  const char* const name = ::sigabbrev_np(number);
  return "died of " +
         (name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number));
}

}  // namespace

void end_host(HostExit why) {
  ::_exit(static_cast<int>(why));
}

std::string describe_end(std::optional<int> wait_status) {
  if (!wait_status) return "ended, and nobody knows how";
  if (WIFSIGNALED(*wait_status)) return describe_signal(WTERMSIG(*wait_status));
  const int code = WEXITSTATUS(*wait_status);
  switch (static_cast<HostExit>(code)) {
    case HostExit::kUnwanted:
      break;
    case HostExit::kStuckRun:
      return "was ended because a run was still open long after its deadline";
    case HostExit::kOutOfDescriptors:
      return "was ended because it had used up its descriptors";
    case HostExit::kOutOfMemory:
      return "was ended because it had used up its memory";
    case HostExit::kUnreadable:
      return "was ended because it could not read what it was told";
    case HostExit::kLostSocket:
      return "was ended because it had lost a socket to the daemon";
  }
  return "exited with code " + std::to_string(code);
}

}  // namespace muster
