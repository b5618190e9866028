#include "common/wall/probe_host.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <new>

#include "common/base/log.h"
#include "common/plugin/plugin_library.h"
#include "common/wall/host_exit.h"
#include "common/wall/sandbox.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr auto kWatchEvery = 1s;
constexpr auto kStuckAfter = 10s;  // past a run's deadline
constexpr int kReplaced = 0;       // the daemon is gone, or wants us no more

// Leaks end here, and not with a process that fails at everything and goes on.
void out_of_memory() {
  ::_exit(static_cast<int>(HostExit::kOutOfMemory));
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

int ProbeHost::serve() {
  std::vector<char> room(PacketLink::kMostPacketBytes);
  const auto first = receive(kControlFd, room);
  if (!first) return kReplaced;
  ByteReader reader(*first);
  if (static_cast<wire::Kind>(reader.take<std::uint8_t>()) != wire::Kind::kSetup) {
    return static_cast<int>(HostExit::kUnreadable);
  }
  const wire::Setup setup = wire::take_setup(reader);
  const auto ready =
      enter_sandbox({}).and_then([&] { return set_up(setup); }).and_then([this] { return load(); });
  if (!ready) {
    tell(wire::refused(ready.error().message));
    return kReplaced;
  }
  while (const auto packet = receive(kControlFd, room)) obey(*packet);
  ::_exit(kReplaced);  // without the plugin's destructors, which the daemon waits for no more
}

Result<void> ProbeHost::set_up(const wire::Setup& setup) {
  log::start(static_cast<log::Level>(setup.log_level));
  auto tls = TlsContext::make(setup.ca_file);
  if (!tls) return fail(tls.error());
  auto guard = AddressGuard::make(setup.allow_networks, setup.deny_networks);
  if (!guard) return fail(guard.error());
  guard_.emplace(std::move(*guard));
  HttpClient::Limits limits;
  limits.connections = SandboxLimits{}.descriptors / 2;
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
  tell(wire::hello({table.name, table.version, table.summary, table.config_schema, services}));
  return {};
}

void ProbeHost::obey(std::string_view packet) {
  ByteReader reader(packet);
  while (!reader.rest().empty()) {
    const auto kind = static_cast<wire::Kind>(reader.take<std::uint8_t>());
    const auto number = reader.take<std::uint32_t>();
    if (kind == wire::Kind::kCreate) {
      const std::string_view name = reader.take_text();
      create(number, name, reader.take_text());
    } else if (kind == wire::Kind::kDestroy) {
      destroy(number);
    } else if (kind == wire::Kind::kPing) {
      loop_.post([this, number] { tell(wire::number(wire::Kind::kPong, number)); });
    } else {
      ::_exit(static_cast<int>(HostExit::kUnreadable));
    }
  }
}

void ProbeHost::create(std::uint32_t number, std::string_view name, std::string_view config_json) {
  const auto probe =
      ConfiguredProbe::create(library_, std::string(name), std::string(config_json), clock_);
  if (probe) loop_.run_and_wait([&] { probes_[number] = *probe; });
  tell(wire::created(number, probe ? "" : probe.error().message));
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
    if (runs->stuck_since(past)) ::_exit(static_cast<int>(HostExit::kStuckRun));
  }
  if (out_of_descriptors()) ::_exit(static_cast<int>(HostExit::kOutOfDescriptors));
  loop_.arm(watch_, clock_.now() + kWatchEvery);
}

// The daemon reads this socket all the time; if it does not, it is gone or will end us.
void ProbeHost::tell(const std::string& record) const {
  static_cast<void>(::send(kControlFd, record.data(), record.size(), MSG_NOSIGNAL));
}

}  // namespace muster
