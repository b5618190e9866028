#include "tests/simfleet/fleet.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "common/base/file.h"

namespace muster::sim {
namespace {

constexpr std::size_t kOtherDescriptors = 64;  // listeners, epoll, standard streams, ...

// As many descriptors as we may have.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::vector<Rule<ScriptPointer>> with_scripts(const std::vector<BehaviourRule>& rules) {
  std::vector<Rule<ScriptPointer>> made;
  for (const BehaviourRule& rule : rules) made.push_back({rule.range, make_script(rule.meaning)});
  return made;
}

// Two listeners of a shared port could be two fleets; one that is not shared tells.
Result<std::uint16_t> claim_port(Ipv4 address, std::uint16_t port) {
  const auto listener = Listener::open(address, port, false);
  if (!listener) return fail(listener.error());
  return listener->port();
}

void wait_for_end(std::chrono::seconds duration) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  const auto end = std::chrono::steady_clock::now() + duration;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
        end - std::chrono::steady_clock::now());
    if (duration.count() > 0 && left.count() <= 0) return;
    const timespec time{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    if (::sigtimedwait(&ends, nullptr, duration.count() > 0 ? &time : nullptr) > 0) return;
  }
}

}  // namespace

Fleet::Fleet(const Options& options) : duration_(options.duration) {
  const std::size_t descriptors = raise_descriptor_limit();
  context_.bearer_token = "Bearer " + options.token;
  context_.rules = with_scripts(options.rules);
  context_.healthy = make_script({});
  context_.not_found = make_plain_script(404, R"({"error":"no such path"})");
  context_.started = std::chrono::steady_clock::now();
  context_.most_connections_a_loop =
      std::max(descriptors, kOtherDescriptors + options.threads * 16) - kOtherDescriptors;
  context_.most_connections_a_loop /= options.threads;
  if (options.tls_port) context_.tls = std::make_unique<TlsServer>(options.tls_rules);
  for (unsigned i = 0; i < options.threads; ++i) {
    context_.stats.push_back(std::make_unique<LoopStats>());
  }
}

Result<std::unique_ptr<Fleet>> Fleet::open(const Options& options) {
  std::unique_ptr<Fleet> fleet(new Fleet(options));
  const auto opened =
      fleet->open_loops(options).and_then([&] { return fleet->open_dead_ports(options); });
  if (!opened) return fail(opened.error());
  if (fleet->context_.tls && !options.ca_file.empty()) {
    const auto written = write_file(options.ca_file, fleet->context_.tls->authority_pem(), 0644);
    if (!written) return fail(written.error());
  }
  return fleet;
}

Result<void> Fleet::open_loops(const Options& options) {
  const auto port = claim_port(options.listen, options.port);
  if (!port) return fail(port.error());
  port_ = *port;
  if (options.tls_port) {
    const auto tls_port = claim_port(options.listen, *options.tls_port);
    if (!tls_port) return fail(tls_port.error());
    tls_port_ = *tls_port;
  }
  for (const auto& stats : context_.stats) {
    const auto opened = open_loop(options, *stats);
    if (!opened) return opened;
  }
  return {};
}

Result<void> Fleet::open_loop(const Options& options, LoopStats& stats) {
  const bool shared = options.threads > 1;
  auto plain = Listener::open(options.listen, port_, shared);
  if (!plain) return fail(plain.error());
  std::optional<Listener> tls;
  if (context_.tls) {
    auto opened = Listener::open(options.listen, tls_port_, shared);
    if (!opened) return fail(opened.error());
    tls = std::move(*opened);
  }
  loops_.push_back(std::make_unique<EventLoop>(context_, stats, std::move(*plain), std::move(tls)));
  return {};
}

Result<void> Fleet::open_dead_ports(const Options& options) {
  const auto open = [&](std::optional<DeadPort>& place, DeadPort::Kind kind,
                        std::optional<std::uint16_t> port) -> Result<void> {
    if (!port) return {};
    auto opened = DeadPort::open(kind, options.listen, *port);
    if (!opened) return fail(opened.error());
    place.emplace(std::move(*opened));
    return {};
  };
  return open(closed_, DeadPort::Kind::kRefusing, options.closed_port).and_then([&] {
    return open(silent_, DeadPort::Kind::kSilent, options.silent_port);
  });
}

void Fleet::run() {
  std::vector<std::jthread> threads;
  for (const auto& loop : loops_) threads.emplace_back([&loop] { loop->run(); });
  wait_for_end(duration_);
  for (const auto& loop : loops_) loop->stop();
}

}  // namespace muster::sim
