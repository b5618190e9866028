#include "aggregator/storage/server_process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kReport = STDERR_FILENO + 1;  // where the child tells why it cannot start

// Made before the fork, because the child of a threaded process may not allocate.
struct Plan {
  std::vector<char*> arguments;
  const OsAccount* account;
  bool change_account;
  int log;
  int report;
  pid_t parent;
};

// To the parent, which waits for it: the failed call's errno.
[[noreturn]] void give_up() {
  const int error = errno;
  (void)!::write(kReport, &error, sizeof error);
  ::_exit(1);
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Plan& plan) {
  static std::array<const char*, 4> environment{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC",
                                                nullptr};
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setsid();  // a ^C on our terminal is not for it
  ::dup2(plan.log, STDOUT_FILENO);
  ::dup2(plan.log, STDERR_FILENO);
  if (plan.report != kReport) ::dup3(plan.report, kReport, O_CLOEXEC);
  ::close_range(kReport + 1, ~0U, 0);
  const OsAccount& account = *plan.account;
  if (plan.change_account && (::setgroups(account.groups.size(), account.groups.data()) != 0 ||
                              ::setgid(account.gid) != 0 || ::setuid(account.uid) != 0)) {
    give_up();
  }
  // Behind setuid(), which clears it. If the parent went before, nobody would send the signal.
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (::getppid() != plan.parent) ::_exit(1);
  ::execve(plan.arguments[0], plan.arguments.data(), const_cast<char**>(environment.data()));
  give_up();
}

// Returns when the child runs its program, which closes the other end, or has said why not.
Result<void> await_exec(int report, const std::string& program) {
  int error = 0;
  ssize_t count = 0;
  do {
    count = ::read(report, &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  if (count == 0) return {};
  errno = error;
  return fail_errno(program);
}

Result<pid_t> fork_and_exec(const Plan& plan) {
  const pid_t pid = ::fork();
  if (pid == 0) become(plan);
  if (pid < 0) return fail_errno("fork");
  return pid;
}

}  // namespace

// glibc 2.36 has the function, but its header forgets extern "C".
int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

bool readable_within(int descriptor, std::chrono::milliseconds patience) {
  pollfd event{descriptor, POLLIN, 0};
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    const int ready = ::poll(&event, 1, left > 0ms ? static_cast<int>(left.count()) : 0);
    if (ready > 0) return true;
    if (left <= 0ms) return false;
  }
}

Result<ServerProcess> ServerProcess::start(const std::vector<std::string>& arguments,
                                           const OsAccount& account,
                                           const std::filesystem::path& log) {
  const int log_fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) return fail_errno(log.string());
  int report[2] = {-1, -1};
  if (::pipe2(report, O_CLOEXEC) != 0) {
    ::close(log_fd);
    return fail_errno("pipe");
  }
  Plan plan{{}, &account, !account.is_ours(), log_fd, report[1], ::getpid()};
  for (const std::string& argument : arguments) {
    plan.arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  plan.arguments.push_back(nullptr);
  const auto pid = fork_and_exec(plan);
  ::close(log_fd);
  ::close(report[1]);
  const auto running = pid ? await_exec(report[0], arguments.front()) : Result<void>();
  ::close(report[0]);
  if (!pid) return fail(pid.error());
  ServerProcess process(*pid, open_pidfd(*pid));
  if (!running) return fail(running.error());
  if (process.descriptor_ < 0) return fail_errno("pidfd_open");
  return process;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      status_(other.status_) {}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<std::string> ServerProcess::wait(std::chrono::milliseconds patience) {
  if (pid_ > 0) {
    if (!readable_within(descriptor_, patience)) return std::nullopt;
    ::waitpid(pid_, &status_, 0);
    pid_ = 0;
  }
  if (WIFSIGNALED(status_)) return "signal " + std::to_string(WTERMSIG(status_));
  return "exit code " + std::to_string(WEXITSTATUS(status_));
}

void ServerProcess::stop(std::chrono::milliseconds patience) {
  for (const auto& [signal, time] :
       {std::pair(SIGINT, patience), std::pair(SIGQUIT, 5'000ms), std::pair(SIGKILL, 5'000ms)}) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    if (wait(time)) return;
  }
}

}  // namespace muster
