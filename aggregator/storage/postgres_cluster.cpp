#include "aggregator/storage/postgres_cluster.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <sstream>

#include "aggregator/storage/server_process.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/machine_memory.h"

namespace muster {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kMostSocketPath = 107;  // sun_path without its final NUL
constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
constexpr std::uintmax_t kMostLogBytes = 16UL * 1024 * 1024;
constexpr auto kInitdbPatience = 5min;

// An eighth of the memory, so that a day of history is answered from there; half of the quarter
// that PostgreSQL's manual advises, as the machine has musterd to run too.
std::uint64_t buffers_mib() {
  return std::clamp<std::uint64_t>(memory_for_us() / 8 / 1024 / 1024, 64, 1024);
}

int parsed(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The newest version that is installed whole; 0: none.
int newest_version(const fs::path& binaries) {
  int newest = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(binaries, ignored)) {
    const fs::path bin = entry.path() / "bin";
    if (fs::exists(bin / "postgres", ignored) && fs::exists(bin / "initdb", ignored)) {
      newest = std::max(newest, parsed(entry.path().filename().string()));
    }
  }
  return newest;
}

// PostgreSQL works inside its data directory, so a process that runs its program there is it.
bool is_server_of(int pid, const fs::path& data) {
  std::error_code error;
  const fs::path proc = "/proc/" + std::to_string(pid);
  const fs::path where = fs::read_symlink(proc / "cwd", error);
  if (error || !fs::equivalent(where, data, error) || error) return false;
  return fs::read_symlink(proc / "exe", error).filename() == "postgres";
}

Result<void> stop_server(int pid, const fs::path& data, std::chrono::milliseconds patience) {
  log::warn("storage.leftover_server", {{"pid", pid}});
  const int descriptor = open_pidfd(pid);
  if (descriptor < 0) return {};  // gone meanwhile
  bool ended = false;
  for (const auto& [signal, time] : {std::pair(SIGINT, patience), std::pair(SIGQUIT, 10'000ms)}) {
    ended = ended || (::kill(pid, signal) == 0 && readable_within(descriptor, time));
  }
  ::close(descriptor);
  if (ended) return {};
  return fail(ErrorCode::kConflict, data.string() + ": another PostgreSQL server, process " +
                                        std::to_string(pid) + ", runs here and does not stop");
}

// Our own pid in the first line makes PostgreSQL take the file for stale, while it still checks the
// shared memory named further down, as it could not if the file were removed.
Result<void> mark_stale(const fs::path& pid_file, const std::string& content) {
  const std::size_t end = std::min(content.find('\n'), content.size());
  const std::string text = std::to_string(::getpid()) + content.substr(end);
  const int fd = ::open(pid_file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);  // keeps its owner
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) ::close(fd);
  if (!written) return fail_errno(pid_file.string());
  return {};
}

std::string quoted(const std::string& path) {
  return '"' + path + '"';
}

}  // namespace

PostgresCluster::PostgresCluster(const fs::path& directory, fs::path binaries)
    : directory_(fs::absolute(directory).lexically_normal()), binaries_(std::move(binaries)) {}

PostgresCluster::~PostgresCluster() {
  std::error_code ignored;
  if (socket_directory_is_temporary_) fs::remove_all(socket_directory_, ignored);
}

// The fifth line of the server's pid file.
Result<std::string> PostgresCluster::socket_of_running(const fs::path& directory) {
  const fs::path data = fs::absolute(directory).lexically_normal() / "cluster";
  std::error_code ignored;
  const auto content = fs::exists(data / "postmaster.pid", ignored)
                           ? read_file(data / "postmaster.pid", 64UL * 1024)
                           : std::string();
  if (!content) return fail(content.error());
  if (!is_server_of(parsed(*content), data)) {
    return fail(ErrorCode::kUnavailable, "the embedded PostgreSQL in " + directory.string() +
                                             " does not run; start musterd");
  }
  std::istringstream lines(*content);
  std::string line;
  for (int i = 0; i < 5; ++i) std::getline(lines, line);
  return line;
}

Result<void> PostgresCluster::prepare() {
  auto account = OsAccount::for_server(data());
  if (!account) return fail(account.error());
  account_ = std::move(*account);
  if (auto made = make_directory(); !made) return made;
  if (auto locked = lock_directory(); !locked) return locked;
  if (auto reachable = account_.can_reach(directory_); !reachable) return reachable;
  if (auto chosen = choose_socket_directory(); !chosen) return chosen;
  if (auto chosen = choose_binaries(); !chosen) return chosen;
  std::error_code ignored;
  if (fs::exists(data() / "PG_VERSION", ignored)) return {};
  return make_cluster();
}

Result<void> PostgresCluster::make_directory() {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return fail(ErrorCode::kUnavailable, directory_.string() + ": " + error.message());
  if (::chmod(directory_.c_str(), 0700) != 0 ||
      (!account_.is_ours() && ::chown(directory_.c_str(), account_.uid, account_.gid) != 0)) {
    return fail_errno(directory_.string());
  }
  return {};
}

Result<void> PostgresCluster::lock_directory() {
  if (lock_) return {};
  auto lock = FileLock::take(directory_ / "lock", "another musterd uses " + directory_.string());
  if (!lock) return fail(lock.error());
  lock_.emplace(std::move(*lock));
  return {};
}

Result<void> PostgresCluster::choose_socket_directory() {
  socket_directory_ = directory_;
  if (directory_.string().size() + kSocketName.size() <= kMostSocketPath) return {};
  std::string pattern = "/tmp/muster-postgres-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return fail_errno(pattern);
  socket_directory_ = pattern;
  socket_directory_is_temporary_ = true;
  if (!account_.is_ours() && ::chown(pattern.c_str(), account_.uid, account_.gid) != 0) {
    return fail_errno(pattern);
  }
  return {};
}

Result<void> PostgresCluster::choose_binaries() {
  std::error_code ignored;
  const bool made = fs::exists(data() / "PG_VERSION", ignored);
  const auto version_text = made ? read_file(data() / "PG_VERSION", 64) : std::string();
  if (!version_text) return fail(version_text.error());
  const int version = made ? parsed(*version_text) : newest_version(binaries_);
  if (version == 0) {
    return fail(ErrorCode::kNotFound, binaries_.string() +
                                          ": no PostgreSQL server is installed; install the "
                                          "package postgresql, or configure an own database");
  }
  bin_ = binaries_ / std::to_string(version) / "bin";
  if (fs::exists(bin_ / "postgres", ignored)) return {};
  return fail(ErrorCode::kConflict,
              data().string() + " was made by PostgreSQL " + std::to_string(version) +
                  ", which is not installed in " + bin_.string() + "; install postgresql-" +
                  std::to_string(version) +
                  ", or bring the cluster to another version with pg_upgrade");
}

// Under another name first: a crash inside initdb leaves no half cluster that looks whole.
Result<void> PostgresCluster::make_cluster() {
  const fs::path part = directory_ / "cluster.new";
  std::error_code error;
  fs::remove_all(part, error);
  auto initdb =
      ServerProcess::start({bin_ / "initdb", "--pgdata=" + part.string(), "--username=muster",
                            "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust",
                            "--auth-host=reject", "--data-checksums", "--no-instructions"},
                           account_, log());
  if (!initdb) return fail(initdb.error());
  const auto outcome = initdb->wait(kInitdbPatience);
  if (!outcome || !initdb->succeeded()) {
    return fail(ErrorCode::kInternal, "initdb: " + outcome.value_or("did not end in 5 minutes") +
                                          ": " + end_of_log() + " (see " + log().string() + ")");
  }
  fs::rename(part, data(), error);
  if (error) return fail(ErrorCode::kUnavailable, data().string() + ": " + error.message());
  log::info("storage.cluster_made", {{"directory", data().string()}, {"account", account_.name}});
  return {};
}

Result<void> PostgresCluster::clear_leftovers(std::chrono::milliseconds patience) {
  const fs::path pid_file = data() / "postmaster.pid";
  std::error_code ignored;
  if (!fs::exists(pid_file, ignored)) return {};
  auto content = read_file(pid_file, 64UL * 1024);
  if (!content) return fail(content.error());
  const int pid = parsed(*content);
  if (pid > 0 && is_server_of(pid, data())) {
    if (auto stopped = stop_server(pid, data(), patience); !stopped) return stopped;
  }
  fs::remove(directory_ / ".s.PGSQL.5432.lock", ignored);
  if (!fs::exists(pid_file, ignored)) return {};
  return mark_stale(pid_file, *content);
}

std::vector<std::string> PostgresCluster::command(
    const std::vector<std::pair<std::string, std::string>>& settings) const {
  std::vector<std::string> arguments{bin_ / "postgres", "-D", data()};
  const auto set = [&](const std::string& name, const std::string& value) {
    arguments.emplace_back("-c");
    arguments.push_back(name + "=" + value);
  };
  set("listen_addresses", "");
  set("unix_socket_directories", quoted(socket_directory_.string()));
  set("unix_socket_permissions", "0700");
  set("port", "5432");
  set("shared_buffers", std::to_string(buffers_mib()) + "MB");
  set("max_connections", "60");
  set("timezone", "UTC");
  set("log_timezone", "UTC");
  set("wal_compression", "on");
  // Their default is five wake-ups a second each; commits do not wait for them.
  set("bgwriter_delay", "1s");
  set("wal_writer_delay", "1s");
  // Rows are mostly added: vacuum has little to do, and a page is written whole to the log once
  // after each checkpoint.
  set("autovacuum_naptime", "2min");
  set("checkpoint_timeout", "15min");
  set("jit", "off");  // compiling costs more than our short queries
  set("cluster_name", "muster");
  for (const auto& [name, value] : settings) set(name, value);
  return arguments;
}

std::string PostgresCluster::end_of_log() const {
  auto content = read_file(log(), 2 * kMostLogBytes);
  if (!content) return content.error().message;
  while (content->ends_with('\n')) content->pop_back();
  const std::size_t start = content->rfind('\n');
  return start == std::string::npos ? *content : content->substr(start + 1);
}

void PostgresCluster::bound_log() const {
  std::error_code error;
  if (fs::file_size(log(), error) <= kMostLogBytes || error) return;
  // The server keeps its descriptor open for appending, so the file is emptied, not renamed.
  fs::copy_file(log(), log().string() + ".1", fs::copy_options::overwrite_existing, error);
  fs::resize_file(log(), 0, error);
}

}  // namespace muster
