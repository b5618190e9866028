#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace exec_probe {
namespace {

constexpr std::size_t kMostOutputBytes = 64 * 1024;
constexpr std::size_t kMostErrorBytes = 4 * 1024;
constexpr int kReapPatienceMs = 1000;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// stdin is empty, and no descriptor of ours goes along.
class SpawnFiles {
 public:
  SpawnFiles(int output, int errors) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, output, 1);
    ::posix_spawn_file_actions_adddup2(&files_, errors, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, 3);
  }
  ~SpawnFiles() { ::posix_spawn_file_actions_destroy(&files_); }
  SpawnFiles(const SpawnFiles&) = delete;
  SpawnFiles& operator=(const SpawnFiles&) = delete;
  const posix_spawn_file_actions_t* get() const { return &files_; }

 private:
  posix_spawn_file_actions_t files_{};
};

// A group of its own, and none of the signals that we block or ignore.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Child::Child() : output_(kMostOutputBytes), errors_(kMostErrorBytes) {}

Child::~Child() {
  end();
  if (pidfd_ >= 0) ::close(pidfd_);
}

void Child::end() {
  if (pid_ <= 0) return;
  signal_group(SIGKILL);
  pollfd ended{pidfd_, POLLIN, 0};
  ::poll(&ended, 1, kReapPatienceMs);
  reap();
}

int Child::start(const Command& command) {
  const int output = output_.open();
  if (output < 0) return errno;
  const int errors = errors_.open();
  int error = errors < 0 ? errno : spawn(command, output, errors);
  ::close(output);
  if (errors >= 0) ::close(errors);
  return error != 0 ? error : watch();
}

int Child::spawn(const Command& command, int output, int errors) {
  const SpawnFiles files(output, errors);
  const SpawnAttributes attributes;
  const auto arguments = pointers(command.arguments);
  const auto environment = pointers(command.environment);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, command.program.c_str(), files.get(), attributes.get(),
                                  arguments.data(), environment.data());
  if (error == 0) pid_ = pid;
  return error;
}

// The process cannot be gone before: nobody but us reaps it.
int Child::watch() {
  // Not pidfd_open(): glibc 2.36 declares it for C only.
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ >= 0) return 0;
  const int error = errno;
  signal_group(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  return error;
}

// Only while the process is not reaped, because its number is its group's until then.
void Child::signal_group(int number) {
  if (pid_ > 0) ::kill(-pid_, number);
}

std::optional<Ending> Child::reap() {
  siginfo_t seen{};
  const auto id = static_cast<id_t>(pidfd_);
  if (pid_ <= 0 || ::waitid(P_PIDFD, id, &seen, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      seen.si_pid == 0) {
    return std::nullopt;
  }
  signal_group(SIGKILL);
  output_.take_all();
  errors_.take_all();
  ::waitid(P_PIDFD, id, &seen, WEXITED);
  pid_ = -1;
  return Ending{seen.si_code != CLD_EXITED, seen.si_status};
}

}  // namespace exec_probe
