#include "aggregator/storage/embedded_postgres.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/postgres_cluster.h"
#include "aggregator/storage/server_process.h"
#include "common/base/backoff.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kLogCheck = 60s;
constexpr auto kStableAfter = 60s;  // running this long forgets earlier deaths
constexpr int kMostEarlyDeaths = 3;

// A value of a conninfo string.
std::string conninfo_value(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text += "'";
}

std::string conninfo_of(const std::string& socket_directory, std::string_view database) {
  return "host=" + conninfo_value(socket_directory) +
         " port=5432 user=muster dbname=" + conninfo_value(std::string(database));
}

Result<void> ensure_database(const std::string& conninfo, std::chrono::milliseconds patience) {
  ConnectionSettings settings{conninfo};
  settings.connect_timeout = patience;
  auto connection = Connection::open(settings);
  if (!connection) return fail(Error(connection.error()));
  auto found = connection->exec("SELECT 1 FROM pg_database WHERE datname = 'muster'");
  if (!found) return fail(Error(found.error()));
  if (!found->empty()) return {};
  if (auto made = connection->exec("CREATE DATABASE muster"); !made) {
    return fail(Error(made.error()));
  }
  return {};
}

}  // namespace

struct EmbeddedPostgres::Parts {
  explicit Parts(EmbeddedPostgresSettings wanted)
      : settings(std::move(wanted)),
        cluster(settings.directory, settings.binaries),
        stop_event(::eventfd(0, EFD_CLOEXEC)) {}
  ~Parts() { ::close(stop_event); }

  void supervise();                    // [postgres]
  bool run_once();                     // false when asked to stop
  bool watch(ServerProcess& process);  // false when asked to stop
  bool pause(std::chrono::milliseconds delay);
  Result<void> wait_until_ready();

  const EmbeddedPostgresSettings settings;
  PostgresCluster cluster;
  const int stop_event;  // readable once stop() was called
  std::thread thread;
  std::atomic<pid_t> pid{0};
  std::atomic<std::int64_t> starts{0};
};

EmbeddedPostgres::EmbeddedPostgres(EmbeddedPostgresSettings settings)
    : parts_(std::make_unique<Parts>(std::move(settings))) {}

EmbeddedPostgres::~EmbeddedPostgres() {
  stop();
}

Result<void> EmbeddedPostgres::start() {
  if (auto prepared = parts_->cluster.prepare(); !prepared) return prepared;
  if (auto cleared = parts_->cluster.clear_leftovers(parts_->settings.stop_patience); !cleared) {
    return cleared;
  }
  parts_->thread = std::thread([this] { parts_->supervise(); });
  auto ready = parts_->wait_until_ready();
  if (!ready) stop();
  return ready;
}

void EmbeddedPostgres::stop() {
  if (!parts_->thread.joinable()) return;
  ::eventfd_write(parts_->stop_event, 1);
  parts_->thread.join();
}

std::string EmbeddedPostgres::connection_string(std::string_view database) const {
  return conninfo_of(parts_->cluster.socket_directory().string(), database);
}

Result<std::string> EmbeddedPostgres::running_connection_string(
    const std::filesystem::path& directory) {
  auto socket = PostgresCluster::socket_of_running(directory);
  if (!socket) return fail(socket.error());
  return conninfo_of(*socket, "muster");
}

pid_t EmbeddedPostgres::pid() const {
  return parts_->pid;
}

std::int64_t EmbeddedPostgres::restarts() const {
  return std::max<std::int64_t>(parts_->starts - 1, 0);
}

// The server's death signal is bound to this thread, which therefore lives as long as we do.
void EmbeddedPostgres::Parts::supervise() {
  Backoff backoff(200ms, 30s, static_cast<std::uint32_t>(::getpid()));
  while (true) {
    const auto started_at = std::chrono::steady_clock::now();
    if (!run_once()) return;
    if (std::chrono::steady_clock::now() - started_at > kStableAfter) backoff.reset();
    if (!pause(backoff.next())) return;
  }
}

bool EmbeddedPostgres::Parts::run_once() {
  ++starts;
  if (auto cleared = cluster.clear_leftovers(settings.stop_patience); !cleared) {
    log::error("storage.server_not_started", {{"error", cleared.error().message}});
    return true;
  }
  auto process = ServerProcess::start(cluster.command(settings.server_settings), cluster.account(),
                                      cluster.log());
  if (!process) {
    log::error("storage.server_not_started", {{"error", process.error().message}});
    return true;
  }
  pid = process->pid();
  const bool died = watch(*process);
  pid = 0;
  if (died) {
    log::error("storage.server_died",
               {{"how", process->wait(0ms).value_or("unknown")}, {"last", cluster.end_of_log()}});
    return true;
  }
  process->stop(settings.stop_patience);
  return false;
}

bool EmbeddedPostgres::Parts::watch(ServerProcess& process) {
  pollfd events[]{{process.descriptor(), POLLIN, 0}, {stop_event, POLLIN, 0}};
  while (true) {
    ::poll(events, 2, static_cast<int>(std::chrono::milliseconds(kLogCheck).count()));
    if (events[1].revents != 0) return false;
    if (events[0].revents != 0) return true;
    cluster.bound_log();
  }
}

bool EmbeddedPostgres::Parts::pause(std::chrono::milliseconds delay) {
  return !readable_within(stop_event, delay);
}

Result<void> EmbeddedPostgres::Parts::wait_until_ready() {
  const auto end = std::chrono::steady_clock::now() + settings.start_patience;
  const std::string conninfo = conninfo_of(cluster.socket_directory().string(), "postgres");
  while (true) {
    auto ready = ensure_database(conninfo, 2s);
    if (ready) return ready;
    if (std::chrono::steady_clock::now() >= end || starts > kMostEarlyDeaths) {
      return fail(ErrorCode::kUnavailable,
                  "the embedded PostgreSQL does not start: " + ready.error().message +
                      "; its log " + cluster.log().string() +
                      " ends with: " + cluster.end_of_log());
    }
    std::this_thread::sleep_for(50ms);
  }
}

}  // namespace muster
