#include "common/wall/plugin_process.h"

#include <algorithm>
#include <random>

#include "common/base/log.h"
#include "common/wall/host_exit.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr auto kPatience = 10s;  // with a start, or with the making of a probe
constexpr auto kPulse = 1s;
constexpr int kMostUnanswered = 5;
constexpr auto kLongestDelay = 60s;
constexpr auto kDeathsWithin = 10min;
constexpr std::size_t kMostDeaths = 5;

}  // namespace

PluginProcess::PluginProcess(const Environment& environment, PluginFile file)
    : environment_(environment),
      file_(std::move(file)),
      backoff_(environment_.first_delay, kLongestDelay, std::random_device{}()) {
  status_.with([this](PluginStatus& status) { status.file = name(); });
}

PluginStatus PluginProcess::status() const {
  return status_.with([](const PluginStatus& status) { return status; });
}

void PluginProcess::start(Ready ready) {
  ready_ = std::move(ready);
  start_process();
}

void PluginProcess::connect(std::vector<PluginLink*> links) {
  links_ = std::move(links);
  if (greeted_ && creating_.empty()) hand_out_sockets();
}

void PluginProcess::create(std::uint32_t probe, std::string name, std::string config_json,
                           Created created) {
  const std::string record = wire::create(probe, name, config_json);
  probes_[probe] = {std::move(name), std::move(config_json),
                    process_ ? std::move(created) : nullptr};
  if (!process_) return created({});
  if (!greeted_) return;  // it is told when it is
  creating_.insert(probe);
  environment_.loop.arm(patience_, environment_.loop.clock().now() + kPatience);
  if (!process_->tell(record)) on_created(probe, "/: the configuration is too large");
}

void PluginProcess::destroy(std::uint32_t probe) {
  probes_.erase(probe);
  if (greeted_) process_->tell(wire::number(wire::Kind::kDestroy, probe));
}

void PluginProcess::lift() {
  deaths_.clear();
  backoff_.reset();
  if (!process_) start_process();
}

void PluginProcess::start_process() {
  restart_.cancel();
  set_state(PluginStatus::State::kStarting);
  greeted_ = false;
  killed_for_.clear();
  unanswered_ = 0;
  creating_.clear();
  auto started = HostProcess::start(
      environment_.loop, environment_.program, name(), file_.fd(), environment_.setup.loops,
      {[this](std::string_view packet) { on_told(packet); },
       [this](int status) { on_ended(killed_for_.empty() ? describe_end(status) : killed_for_); }});
  if (!started) return on_ended("could not be started: " + started.error().message);
  process_ = std::move(*started);
  process_->tell(wire::setup(environment_.setup));
  environment_.loop.arm(patience_, environment_.loop.clock().now() + kPatience);
}

void PluginProcess::on_told(std::string_view packet) {
  ByteReader reader(packet);
  while (!reader.rest().empty() && reader.ok() && process_) take(reader);
  if (!reader.ok()) end_process("said what could not be read and was killed");
}

void PluginProcess::take(ByteReader& reader) {
  switch (static_cast<wire::Kind>(reader.take<std::uint8_t>())) {
    case wire::Kind::kHello:
      return on_hello(wire::take_hello(reader));
    case wire::Kind::kRefused:
      killed_for_ = reader.take_text();
      return;
    case wire::Kind::kCreated: {
      const auto probe = reader.take<std::uint32_t>();
      return on_created(probe, reader.take_text());
    }
    case wire::Kind::kPong:
      reader.take<std::uint32_t>();
      unanswered_ = 0;
      return;
    default:
      end_process("said what could not be read and was killed");
  }
}

void PluginProcess::on_hello(const wire::Hello& hello) {
  greeted_ = true;
  status_.with([&](PluginStatus& status) {
    status.name = hello.name;
    status.version = hello.version;
  });
  if (const auto ready = std::exchange(ready_, nullptr)) ready(hello);
  for (const auto& [number, probe] : probes_) {
    creating_.insert(number);
    process_->tell(wire::create(number, probe.name, probe.config_json));
  }
  if (creating_.empty()) go_on();
}

void PluginProcess::on_created(std::uint32_t number, std::string_view error) {
  if (creating_.erase(number) == 0) return;
  const auto probe = probes_.find(number);
  if (probe != probes_.end()) {
    const Created created = std::exchange(probe->second.created, nullptr);
    if (!error.empty()) {
      log::error("plugin.probe_refused",
                 {{"plugin", name()}, {"probe", probe->second.name}, {"why", error}});
    }
    if (!error.empty() && created) probes_.erase(probe);
    if (created)
      created(error.empty() ? Result<void>() : fail(ErrorCode::kInvalid, std::string(error)));
  }
  if (creating_.empty()) go_on();
}

// It knows all that it has to know.
void PluginProcess::go_on() {
  patience_.cancel();
  set_state(PluginStatus::State::kRunning);
  hand_out_sockets();
  if (!pulse_.armed()) ping();
}

void PluginProcess::hand_out_sockets() {
  if (links_.empty()) return;
  auto sockets = process_->take_sockets();
  for (std::size_t i = 0; i < sockets.size() && i < links_.size(); ++i) {
    const auto socket = std::make_shared<UniqueFd>(std::move(sockets[i]));
    links_[i]->loop().post([link = links_[i], socket] { link->up(std::move(*socket)); });
  }
}

void PluginProcess::ping() {
  environment_.loop.arm(pulse_, environment_.loop.clock().now() + kPulse);
  if (!creating_.empty()) return;  // which may take its time, and has a limit of its own
  if (unanswered_ >= kMostUnanswered) return end_process("did not answer for 5 s and was killed");
  ++unanswered_;
  process_->tell(wire::number(wire::Kind::kPing));
}

// The rest follows when it is gone.
void PluginProcess::end_process(std::string why) {
  if (killed_for_.empty()) killed_for_ = std::move(why);
  if (process_) process_->kill();
}

void PluginProcess::on_ended(const std::string& how) {
  patience_.cancel();
  pulse_.cancel();
  process_ = nullptr;
  greeted_ = false;
  if (ready_) return fail_start(how);
  deaths_.push_back(environment_.loop.clock().now());
  status_.with([&](PluginStatus& status) {
    ++status.deaths;
    status.last_end = how;
    status.last_end_at = environment_.loop.clock().wall();
  });
  fail_creations(how);
  start_again_later(how);
}

void PluginProcess::fail_start(const std::string& how) {
  const auto ready = std::exchange(ready_, nullptr);
  ready(fail(ErrorCode::kInvalid, how));
}

void PluginProcess::fail_creations(const std::string& how) {
  creating_.clear();
  for (auto probe = probes_.begin(); probe != probes_.end();) {
    const Created created = std::move(probe->second.created);
    probe = created ? probes_.erase(probe) : std::next(probe);
    if (created) created(fail(ErrorCode::kInvalid, "/: the plugin's process " + how));
  }
}

void PluginProcess::start_again_later(const std::string& how) {
  if (dies_too_often()) {
    set_state(PluginStatus::State::kQuarantined);
    log::error("plugin.quarantined", {{"plugin", name()}, {"how", how}, {"deaths", kMostDeaths}});
    return tell_links("the plugin is in quarantine: its process ended " +
                      std::to_string(kMostDeaths) + " times within 10 minutes; the last one " +
                      how);
  }
  const auto delay = backoff_.next();
  set_state(PluginStatus::State::kStarting);
  log::warn("plugin.died", {{"plugin", name()}, {"how", how}, {"again_in_ms", delay.count()}});
  tell_links("the plugin's process " + how);
  environment_.loop.arm(restart_, environment_.loop.clock().now() + delay);
}

bool PluginProcess::dies_too_often() {
  const TimePoint since = environment_.loop.clock().now() - kDeathsWithin;
  while (!deaths_.empty() && deaths_.front() < since) deaths_.pop_front();
  return deaths_.size() >= kMostDeaths;
}

void PluginProcess::tell_links(const std::string& why) {
  for (PluginLink* const link : links_) {
    link->loop().post([link, why] { link->down(why); });
  }
}

void PluginProcess::set_state(PluginStatus::State state) {
  status_.with([state](PluginStatus& status) { status.state = state; });
}

}  // namespace muster
