#include "common/wall/plugin_link.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/net/event_loop.h"
#include "common/plugin/probe_run.h"
#include "common/plugin/translate.h"
#include "common/wall/wire.h"

namespace muster {

void PluginLink::up(UniqueFd socket, OnFault on_fault) {
  ++process_;
  on_fault_ = std::move(on_fault);
  // Open runs wait for down(): that the process is gone is for those to tell who know of what.
  link_.emplace(
      loop_, std::move(socket), [this](std::string_view packet) { on_packet(packet); },
      [this] { on_fault_(Fault::kClosed); });
}

void PluginLink::down(std::string why) {
  link_.reset();
  why_ = std::move(why);
  // Whoever hears of an end may start the next run.
  const auto open = std::exchange(open_, {});
  for (const auto& [number, run] : open) end(run, why_);
}

void PluginLink::start(std::uint32_t probe, const muster_target& target, muster_run* run,
                       std::int64_t deadline_ns) {
  if (!link_) return end(run, why_);
  if (*target.slot == nullptr) *target.slot = new Target{*this, ++last_target_};
  auto& known = *static_cast<Target*>(*target.slot);
  const bool news = std::exchange(known.known_to, process_) != process_;
  const std::int64_t left_ns = deadline_ns - loop_.clock().now().time_since_epoch().count();
  const wire::Start wanted{++last_run_, probe, known.number, left_ns / 1000};
  const auto sent =
      link_->send(wire::start(wanted, news ? &run->server() : nullptr, run->trusted()));
  if (sent != PacketLink::Sent::kYes) {
    if (news) known.known_to = 0;
    return end(run, "the plugin's process cannot be asked: " + std::string(to_string(sent)));
  }
  open_.emplace(wanted.run, run);
}

// The process may answer later, and is then not heard.
void PluginLink::cancel(muster_run* run) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [run](const auto& entry) { return entry.second == run; });
  if (found == open_.end()) return;
  open_.erase(found);
  end(run, "the plugin's process gave no result by the deadline");
}

void PluginLink::release(void* slot) {
  const std::unique_ptr<Target> target(static_cast<Target*>(slot));
  PluginLink& self = target->link;
  if (self.link_ && target->known_to == self.process_) {
    self.link_->send(wire::number(wire::Kind::kRelease, target->number));
  }
}

void PluginLink::end(muster_run* run, const std::string& why) {
  muster_result result{};
  result.struct_size = sizeof result;
  result.status = MUSTER_UNKNOWN;
  result.reason = MUSTER_REASON_PLUGIN;
  result.message = to_c(why);
  muster_run::complete(run, &result);
}

void PluginLink::on_packet(std::string_view packet) {
  const std::uint32_t process = process_;
  ByteReader reader(packet);
  while (!reader.rest().empty() && process == process_ && link_) {
    if (!take_done(reader)) return on_fault_(Fault::kUnreadable);
  }
}

bool PluginLink::take_done(ByteReader& reader) {
  if (static_cast<wire::Kind>(reader.take<std::uint8_t>()) != wire::Kind::kDone) return false;
  const auto number = reader.take<std::uint32_t>();
  const wire::TakenResult result(reader);
  if (!reader.ok()) return false;
  const auto found = open_.find(number);
  if (found == open_.end()) return true;  // cancelled meanwhile
  muster_run* const run = found->second;
  open_.erase(found);
  muster_run::complete(run, &result.c_result());
  return true;
}

}  // namespace muster
