#include "common/wall/hosted_runs.h"

#include <algorithm>

#include "common/net/event_loop.h"
#include "common/plugin/probe_runtime.h"
#include "common/wall/host_exit.h"
#include "common/wall/wire.h"

namespace muster {

HostedRuns::HostedRuns(ProbeRuntime& runtime, const HostedProbes& probes, UniqueFd socket)
    : runtime_(runtime),
      probes_(probes),
      link_(
          runtime.loop(), std::move(socket), [this](std::string_view packet) { on_packet(packet); },
          [] { end_host(HostExit::kLostSocket); }) {}  // nobody else hears what is found here

bool HostedRuns::stuck_since(TimePoint time) const {
  return std::any_of(targets_.begin(), targets_.end(), [time](const auto& entry) {
    return entry.second.deadline < time && entry.second.target->open();
  });
}

void HostedRuns::forget(std::uint32_t probe) {
  std::erase_if(targets_, [probe](const auto& entry) { return entry.second.probe == probe; });
}

void HostedRuns::on_packet(std::string_view packet) {
  ByteReader reader(packet);
  while (!reader.rest().empty()) take(reader);
  if (!reader.ok()) end_host(HostExit::kUnreadable);
}

void HostedRuns::take(ByteReader& reader) {
  switch (static_cast<wire::Kind>(reader.take<std::uint8_t>())) {
    case wire::Kind::kStart:
      return start(reader);
    case wire::Kind::kRelease:
      targets_.erase(reader.take<std::uint32_t>());
      return;
    default:
      end_host(HostExit::kUnreadable);
  }
}

void HostedRuns::start(ByteReader& reader) {
  const wire::Start wanted = wire::take_start(reader);
  ServerPointer server = wire::take_server(reader);
  if (!reader.ok()) end_host(HostExit::kUnreadable);
  const auto probe = probes_.find(wanted.probe);
  if (probe == probes_.end()) return refuse(wanted.run, "the plugin refused its configuration");
  Asked& asked = targets_[wanted.target];
  if (server != nullptr) {
    asked.probe = wanted.probe;
    asked.target = std::make_unique<ProbeTarget>(runtime_, probe->second, std::move(server));
  }
  if (!asked.target) end_host(HostExit::kUnreadable);
  if (asked.target->open()) return refuse(wanted.run, "its run before has not ended yet");
  const auto left =
      std::max(std::chrono::microseconds(wanted.left_us), std::chrono::microseconds(1));
  asked.deadline = runtime_.loop().clock().now() + left;
  asked.target->start(left, [this, run = wanted.run](const Finding& finding) {
    link_.send(wire::done(run, finding));
  });
}

void HostedRuns::refuse(std::uint32_t run, std::string why) {
  Finding finding;
  finding.reason = FailureReason::kPlugin;
  finding.words = say(std::move(why));
  link_.send(wire::done(run, finding));
}

}  // namespace muster
