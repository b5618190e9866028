#include "common/wall/sandbox.h"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>
#include <memory>
#include <string>

namespace muster {
namespace {

constexpr std::initializer_list<int> kForbidden{
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(tkill),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
};

// A sanitizer's shadow takes terabytes of address space.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};

Result<void> filter_system_calls() {
  const std::unique_ptr<void, Release> filter(::seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return fail(ErrorCode::kInternal, "seccomp: no memory");
  const auto self = static_cast<scmp_datum_t>(::getpid());
  int error = 0;
  for (const int call : kForbidden) {
    error |= ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
  }
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) {  // others than itself
    error |= ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 1,
                                SCMP_A0(SCMP_CMP_NE, self));
  }
  if (error != 0 || ::seccomp_load(filter.get()) != 0) {
    return fail(ErrorCode::kUnavailable, "seccomp: the filter cannot be loaded");
  }
  return {};
}

// `most` becomes what holds: nobody may go above the hard limit that there is.
Result<void> limit(decltype(RLIMIT_AS) what, const std::string& name, std::uint64_t& most) {
  rlimit known{};
  if (::getrlimit(what, &known) != 0) return fail_errno("getrlimit " + name);
  most = std::min<std::uint64_t>(most, known.rlim_max);
  const rlimit wanted{most, most};
  if (::setrlimit(what, &wanted) != 0) {
    return fail_errno("setrlimit " + name + " " + std::to_string(most));
  }
  return {};
}

Result<void> keep_to(SandboxLimits& limits) {
  std::uint64_t no_core = 0;
  if (auto kept = limit(RLIMIT_CORE, "RLIMIT_CORE", no_core); !kept) return kept;
  if (auto kept = limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", limits.descriptors); !kept) return kept;
  return kLimitsMemory ? limit(RLIMIT_AS, "RLIMIT_AS", limits.memory_bytes) : Result<void>();
}

}  // namespace

Result<SandboxLimits> enter_sandbox(pid_t daemon, SandboxLimits limits) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail_errno("prctl");
  // It may have ended before that; whoever adopts us then need not be process 1.
  if (::getppid() != daemon) return fail(ErrorCode::kUnavailable, "the daemon is gone");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("prctl");
  const auto kept = keep_to(limits).and_then([] { return filter_system_calls(); });
  if (!kept) return fail(kept.error());
  return limits;
}

}  // namespace muster
