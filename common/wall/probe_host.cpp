#include "common/wall/probe_host.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <new>

#include "common/base/log.h"
#include "common/plugin/plugin_library.h"
#include "common/wall/host_exit.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr int kHeaps = 2;
constexpr auto kWatchEvery = 1s;
constexpr auto kStuckAfter = 10s;  // past a run's deadline

// The daemon ends this process when it has no more use for it; what a service manager or a
// terminal sends to all processes of the service is not meant for this one.
void leave_signals_to_the_daemon() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, SIG_IGN);
}

// Leaks end here, and not with a process that fails at everything and goes on.
void out_of_memory() {
  end_host(HostExit::kOutOfMemory);
}

bool out_of_descriptors() {
  const int spare = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (spare >= 0) ::close(spare);
  return spare < 0 && errno == EMFILE;
}

// Nothing: the daemon is gone.
std::optional<std::string_view> receive(int socket, std::vector<char>& room) {
  ssize_t got = 0;
  do {
    got = ::recv(socket, room.data(), room.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return std::nullopt;
  return std::string_view(room.data(), static_cast<std::size_t>(got));
}

}  // namespace

void ProbeHost::serve() {
  // Sixteen workers would take a 64 MiB arena each of the address space that there is.
  ::mallopt(M_ARENA_MAX, kHeaps);
  leave_signals_to_the_daemon();
  std::vector<char> room(PacketLink::kMostPacketBytes);
  const auto first = receive(kControlFd, room);
  if (!first) end_host(HostExit::kUnwanted);
  ByteReader reader(*first);
  if (static_cast<wire::Kind>(reader.take<std::uint8_t>()) != wire::Kind::kSetup) {
    end_host(HostExit::kUnreadable);
  }
  const wire::Setup setup = wire::take_setup(reader);
  if (!reader.ok()) end_host(HostExit::kUnreadable);
  if (const auto begun = begin(setup); begun) {
    while (const auto packet = receive(kControlFd, room)) obey(*packet);
  } else {
    static_cast<void>(tell(wire::refused(begun.error().message)));
  }
  // Without destructors: the loop may be running, and the daemon waits for the plugin's no more.
  end_host(HostExit::kUnwanted);
}

Result<void> ProbeHost::begin(const wire::Setup& setup) {
  return enter_sandbox(setup.daemon, {})
      .and_then([&](const SandboxLimits& limits) { return set_up(setup, limits); })
      .and_then([this] { return load(); });
}

Result<void> ProbeHost::set_up(const wire::Setup& setup, const SandboxLimits& sandbox) {
  log::start(static_cast<log::Level>(setup.log_level));
  auto tls = TlsContext::make(setup.ca_file);
  if (!tls) return fail(tls.error());
  auto guard = AddressGuard::make(setup.allow_networks, setup.deny_networks);
  if (!guard) return fail(guard.error());
  guard_.emplace(std::move(*guard));
  HttpClient::Limits limits;
  limits.connections = sandbox.descriptors / 2;
  limits.dns.servers = setup.dns_servers;
  http_.emplace(loop_, std::move(*tls), *guard_, limits);
  runtime_.emplace(loop_, *http_);
  for (std::uint32_t i = 0; i < setup.loops; ++i) {
    const int socket = kFirstLoopFd + static_cast<int>(i);
    runs_.push_back(std::make_unique<HostedRuns>(*runtime_, probes_, UniqueFd(socket)));
  }
  loop_.arm(watch_, clock_.now() + kWatchEvery);
  loop_.start();
  return {};
}

Result<void> ProbeHost::load() {
  std::set_new_handler(&out_of_memory);
  auto loaded = PluginLibrary::load_from(UniqueFd(kPluginFd), plugin_name_);
  if (!loaded) return fail(loaded.error());
  library_ = std::move(*loaded);
  const muster_plugin& table = library_->table();
  std::vector<std::string> services;
  for (auto service = table.required_services; service && *service; ++service) {
    services.emplace_back(*service);
  }
  return tell(wire::hello(
      {table.name, table.version, table.summary, table.config_schema, std::move(services)}));
}

void ProbeHost::obey(std::string_view packet) {
  ByteReader reader(packet);
  while (!reader.rest().empty()) {
    const auto kind = static_cast<wire::Kind>(reader.take<std::uint8_t>());
    const auto number = reader.take<std::uint32_t>();
    const bool creates = kind == wire::Kind::kCreate;
    const std::string_view name = creates ? reader.take_text() : "";
    const std::string_view config_json = creates ? reader.take_text() : "";
    if (!reader.ok()) end_host(HostExit::kUnreadable);
    if (creates) {
      create(number, name, config_json);
    } else if (kind == wire::Kind::kDestroy) {
      destroy(number);
    } else if (kind == wire::Kind::kPing) {
      loop_.post(
          [this, number] { static_cast<void>(tell(wire::number(wire::Kind::kPong, number))); });
    } else {
      end_host(HostExit::kUnreadable);
    }
  }
}

void ProbeHost::create(std::uint32_t number, std::string_view name, std::string_view config_json) {
  const auto probe =
      ConfiguredProbe::create(library_, std::string(name), std::string(config_json), clock_);
  if (probe) loop_.run_and_wait([&] { probes_[number] = *probe; });
  static_cast<void>(tell(wire::created(number, probe ? "" : probe.error().message)));
}

// The plugin's own destroy() runs here, behind the last of the probe's targets.
void ProbeHost::destroy(std::uint32_t number) {
  std::shared_ptr<const ConfiguredProbe> last;
  loop_.run_and_wait([&] {
    for (const auto& runs : runs_) runs->forget(number);
    const auto found = probes_.find(number);
    if (found == probes_.end()) return;
    last = std::move(found->second);
    probes_.erase(found);
  });
}

void ProbeHost::watch() {
  const TimePoint past = clock_.now() - kStuckAfter;
  for (const auto& runs : runs_) {
    if (runs->stuck_since(past)) end_host(HostExit::kStuckRun);
  }
  if (out_of_descriptors()) end_host(HostExit::kOutOfDescriptors);
  loop_.arm(watch_, clock_.now() + kWatchEvery);
}

// The daemon reads this socket all the time; if it does not, it is gone or will end us. So the one
// failure that is ours to tell is that a record is too large.
Result<void> ProbeHost::tell(const std::string& record) const {
  const bool fits = record.size() <= PacketLink::kMostPacketBytes;
  if (fits && ::send(kControlFd, record.data(), record.size(), MSG_NOSIGNAL) >= 0) return {};
  if (fits && errno != EMSGSIZE) return {};
  return fail(ErrorCode::kInvalid, plugin_name_ + ": what it says of itself (" +
                                       std::to_string(record.size()) + " bytes) is too large");
}

}  // namespace muster
