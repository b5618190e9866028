#include "common/wall/host_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "common/net/event_loop.h"
#include "common/wall/probe_host.h"

namespace muster {
namespace {

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};

Result<Pair> make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail_errno("socketpair");
  }
  return Pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Nothing of the daemon's environment but this: a plugin has no business with the rest.
std::vector<std::string> environment() {
  std::vector<std::string> kept{"LANG=C.UTF-8"};
  for (const char* name : {"PATH", "TZ", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name))
      kept.push_back(std::string(name) + "=" + value);
  }
  return kept;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct SpawnPlan {
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

// A terminal's Ctrl-C is the daemon's to hear, and signals that the daemon blocks are not blocked.
void plan_signals(posix_spawnattr_t* attributes) {
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(attributes, &none);
  ::posix_spawnattr_setsigdefault(attributes, &all);
  ::posix_spawnattr_setpgroup(attributes, 0);
  ::posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

}  // namespace

Result<std::unique_ptr<HostProcess>> HostProcess::start(EventLoop& loop,
                                                        const std::filesystem::path& program,
                                                        const std::string& plugin_name,
                                                        int plugin_fd, std::size_t loops,
                                                        Events events) {
  std::unique_ptr<HostProcess> process(new HostProcess(loop, std::move(events)));
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < loops + 1; ++i) {
    auto made = make_pair();
    if (!made) return fail(made.error());
    pairs.push_back(std::move(*made));
  }
  std::vector<int> handed_down{plugin_fd};
  for (const Pair& pair : pairs) handed_down.push_back(pair.theirs.get());
  if (auto done = process->spawn(program, plugin_name, handed_down); !done) {
    return fail(done.error());
  }
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    process->sockets_.push_back(std::move(pairs[i].ours));
  }
  if (auto watched = process->watch(std::move(pairs.front().ours)); !watched) {
    return fail(watched.error());
  }
  return process;
}

// The descriptors are first moved above all of those that they are to be, which they may be among.
Result<void> HostProcess::spawn(const std::filesystem::path& program,
                                const std::string& plugin_name,
                                const std::vector<int>& handed_down) {
  SpawnPlan plan;
  plan_signals(&plan.attributes);
  std::vector<UniqueFd> moved;
  const int first_free = ProbeHost::kPluginFd + static_cast<int>(handed_down.size());
  for (const int fd : handed_down) {
    moved.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, first_free));
    if (!moved.back()) return fail_errno("dup");
  }
  ::posix_spawn_file_actions_addopen(&plan.files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&plan.files, 1, "/dev/null", O_WRONLY, 0);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    ::posix_spawn_file_actions_adddup2(&plan.files, moved[i].get(),
                                       ProbeHost::kPluginFd + static_cast<int>(i));
  }
  ::posix_spawn_file_actions_addclosefrom_np(&plan.files, first_free);

  std::vector<std::string> words{program.filename().string(), plugin_name};
  std::vector<std::string> kept = environment();
  const int error = ::posix_spawn(&pid_, program.c_str(), &plan.files, &plan.attributes,
                                  pointers_to(words).data(), pointers_to(kept).data());
  if (error == 0) return {};
  pid_ = -1;
  errno = error;
  return fail_errno(program.string());
}

Result<void> HostProcess::watch(UniqueFd control) {
  pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) return fail_errno("pidfd_open");
  await_death();
  control_.emplace(
      loop_, std::move(control), [this](std::string_view packet) { events_.told(packet); },
      [this] { events_.hung_up(); });
  return {};
}

void HostProcess::await_death() {
  death_ = std::make_shared<DescriptorWait>(loop_);
  death_->start(pidfd_.get(), DescriptorWait::kRead, TimePoint::max(),
                [this](std::uint32_t seen) { reap(seen != 0); });
}

// One whose end cannot be waited for is ended here.
void HostProcess::reap(bool dead) {
  if (!dead) kill();
  int status = 0;
  const pid_t reaped = ::waitpid(pid_, &status, dead ? WNOHANG : 0);
  if (reaped == 0) return await_death();
  const bool known = reaped == std::exchange(pid_, -1);
  const auto ended = events_.ended;
  ended(known ? std::optional(status) : std::nullopt);
}

void HostProcess::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

HostProcess::~HostProcess() {
  if (death_) death_->drop();
  if (pid_ <= 0) return;
  kill();
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace muster
