#include "common/wall/sandbox.h"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>
#include <memory>

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

Result<void> limit(decltype(RLIMIT_AS) what, rlim_t most) {
  const rlimit wanted{most, most};
  if (::setrlimit(what, &wanted) != 0) return fail_errno("setrlimit");
  return {};
}

// A sanitizer's shadow takes terabytes of address space.
Result<void> limit_memory([[maybe_unused]] std::uint64_t bytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return {};
#else
  return limit(RLIMIT_AS, bytes);
#endif
}

}  // namespace

Result<void> enter_sandbox(const SandboxLimits& limits) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail_errno("prctl");
  if (::getppid() == 1) return fail(ErrorCode::kUnavailable, "the daemon is gone");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("prctl");
  return limit_memory(limits.memory_bytes)
      .and_then([&] { return limit(RLIMIT_NOFILE, limits.descriptors); })
      .and_then([] { return limit(RLIMIT_CORE, 0); })
      .and_then([] { return filter_system_calls(); });
}

}  // namespace muster
