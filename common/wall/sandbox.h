// What a muster-probe-host may still do before a plugin is loaded into it. Once, at its start,
// before it has other threads.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "common/base/result.h"

namespace muster {

struct SandboxLimits {
  std::uint64_t memory_bytes = 1024ULL * 1024 * 1024;  // of address space
  std::uint64_t descriptors = 4096;
};

// Ends with its parent, which must still be `daemon`, gains no privileges, keeps to the limits,
// leaves no core; and the system calls that reach into other processes or change the system fail
// with EPERM: ptrace, signals to others, mounts, modules, other programs. It is a wall against
// faults, not against malice: files and sockets are as open to it as to the daemon's account.
// Returns the limits that hold, which are lower where the account's hard limits are.
Result<SandboxLimits> enter_sandbox(pid_t daemon, SandboxLimits limits);

}  // namespace muster
