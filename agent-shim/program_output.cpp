#include "agent-shim/program_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "common/base/unique_fd.h"

namespace muster::shim {
namespace {

constexpr std::size_t kMostBytes = 4 * 1024;

// Kills and reaps, so that no path out of here leaves a process or a zombie.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

 private:
  const pid_t pid_;
};

int spawn(std::vector<std::string>& command, int output, pid_t& pid) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* environment[] = {nullptr};

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, 1);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  // We block the signals that stop us and ignore SIGPIPE; a program must start with neither.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error =
      ::posix_spawn(&pid, arguments[0], &files, &attributes, arguments.data(), environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

Result<std::string> read_to_end(int fd, const Deadline& deadline) {
  std::string output;
  char chunk[512];
  while (output.size() <= kMostBytes) {
    if (auto ready = deadline.wait(fd, POLLIN); !ready) return fail(ready.error());
    const ssize_t count = ::read(fd, chunk, sizeof chunk);
    if (count == 0) return output;
    if (count < 0 && errno != EINTR) return fail_errno("read");
    if (count > 0) output.append(chunk, static_cast<std::size_t>(count));
  }
  return fail(ErrorCode::kInvalid, "it wrote too much");
}

}  // namespace

Result<std::string> program_output(std::vector<std::string> command, const Deadline& deadline) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("pipe");
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  pid_t pid = -1;
  const int error = spawn(command, writing.get(), pid);
  if (error != 0) return fail(ErrorCode::kUnavailable, command[0] + ": " + std::strerror(error));
  const Child child(pid);
  writing = UniqueFd();  // or the end of its output would never come
  return read_to_end(reading.get(), deadline);
}

}  // namespace muster::shim
