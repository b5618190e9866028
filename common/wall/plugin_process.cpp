#include "common/wall/plugin_process.h"

#include <algorithm>
#include <random>

#include "common/base/log.h"
#include "common/plugin/plugin_library.h"
#include "common/plugin/translate.h"
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
// Whose sockets are closed has ended, most often, and how will be known at once.
constexpr auto kHungUpPatience = 1s;

constexpr const char* kUnreadable = "said what could not be read and was killed";
constexpr const char* kTooLargeConfig = "/: the configuration is too large";

}  // namespace

PluginProcess::PluginProcess(const Environment& environment, PluginFile file)
    : environment_(environment),
      file_(std::move(file)),
      backoff_(environment_.first_delay, kLongestDelay, std::random_device{}()) {
  status_->with([this](PluginStatus& status) { status.file = name(); });
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
  // Also while there is no process, which would have to be told of it later.
  if (wire::create(probe, name, config_json).size() > PacketLink::kMostPacketBytes) {
    return created(fail(ErrorCode::kInvalid, kTooLargeConfig));
  }
  Probe& known = probes_[probe] = {std::move(name), std::move(config_json), nullptr};
  if (!process_) return created({});
  known.created = std::move(created);
  if (!greeted_) return;  // it is told when it is
  creating_.insert(probe);
  environment_.loop.arm(patience_, environment_.loop.clock().now() + kPatience);
  if (!tell_of(probe, known)) on_created(probe, kTooLargeConfig);
}

void PluginProcess::destroy(std::uint32_t probe) {
  probes_.erase(probe);
  if (greeted_) process_->tell(wire::number(wire::Kind::kDestroy, probe));
}

void PluginProcess::lift() {
  if (stopped_) return;
  deaths_.clear();
  backoff_.reset();
  if (!process_) start_process();
}

void PluginProcess::stop() {
  stopped_ = true;
  greeted_ = false;
  links_.clear();
  for (Timer* const timer : {&patience_, &hung_up_, &pulse_, &restart_}) timer->cancel();
  process_ = nullptr;
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
      {[this](std::string_view packet) { on_told(packet); }, [this] { on_hung_up(); },
       [this](std::optional<int> status) {
         on_ended(killed_for_.empty() ? describe_end(status) : killed_for_);
       }});
  if (!started) return on_not_started(started.error());
  process_ = std::move(*started);
  ++process_number_;
  process_->tell(wire::setup(environment_.setup));
  environment_.loop.arm(patience_, environment_.loop.clock().now() + kPatience);
}

// That is our own fault and no death of the plugin.
void PluginProcess::on_not_started(const Error& error) {
  const Error why = error.in("could not be started");
  if (ready_) return fail_start({ErrorCode::kUnavailable, why.message});
  const auto delay = backoff_.next();
  log::error("plugin.not_started",
             {{"plugin", name()}, {"why", why.message}, {"again_in_ms", delay.count()}});
  tell_links("the plugin's process " + why.message);
  environment_.loop.arm(restart_, environment_.loop.clock().now() + delay);
}

void PluginProcess::on_told(std::string_view packet) {
  ByteReader reader(packet);
  while (!reader.rest().empty() && process_) {
    if (!take(reader) || !reader.ok()) return end_process(kUnreadable);
  }
}

// False: what it said makes no sense. Its plugin may have written over its memory.
bool PluginProcess::take(ByteReader& reader) {
  switch (static_cast<wire::Kind>(reader.take<std::uint8_t>())) {
    case wire::Kind::kHello: {
      const wire::Hello hello = wire::take_hello(reader);
      return reader.ok() && on_hello(hello);
    }
    case wire::Kind::kRefused: {
      const std::string_view why = reader.take_text();
      if (!reader.ok() || greeted_) return false;
      end_process(tidy(why, kMostMessageBytes));
      return true;
    }
    case wire::Kind::kCreated: {
      const auto probe = reader.take<std::uint32_t>();
      const std::string_view error = reader.take_text();
      if (reader.ok()) on_created(probe, tidy(error, kMostMessageBytes));
      return true;
    }
    case wire::Kind::kPong:
      reader.take<std::uint32_t>();
      unanswered_ = 0;
      return true;
    default:
      return false;
  }
}

bool PluginProcess::on_hello(const wire::Hello& hello) {
  if (greeted_ || !valid_plugin_name(hello.name)) return false;
  const bool same = status_->with([&](PluginStatus& status) {
    if (!status.name.empty() && status.name != hello.name) return false;
    status.name = hello.name;
    status.version = hello.version;
    return true;
  });
  if (!same) return false;
  greeted_ = true;
  if (const auto ready = std::exchange(ready_, nullptr)) ready(hello);
  tell_of_probes();
  return true;
}

void PluginProcess::tell_of_probes() {
  if (probes_.empty()) return go_on();
  std::vector<std::uint32_t> untold;
  for (const auto& [number, probe] : probes_) {
    creating_.insert(number);
    if (!tell_of(number, probe)) untold.push_back(number);
  }
  for (const std::uint32_t number : untold) on_created(number, kTooLargeConfig);
}

// False: it is too large. That it does not read, or has closed, others find out.
bool PluginProcess::tell_of(std::uint32_t number, const Probe& probe) {
  return process_->tell(wire::create(number, probe.name, probe.config_json)) !=
         PacketLink::Sent::kTooLarge;
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
    const auto on_fault = [this, process = process_number_](PluginLink::Fault fault) {
      environment_.loop.post([this, process, fault] { on_link_fault(process, fault); });
    };
    links_[i]->loop().post(
        [link = links_[i], socket, on_fault] { link->up(std::move(*socket), on_fault); });
  }
}

void PluginProcess::on_link_fault(std::uint32_t process, PluginLink::Fault fault) {
  if (process != process_number_ || !process_) return;  // that one is gone
  if (fault == PluginLink::Fault::kUnreadable) return end_process(kUnreadable);
  on_hung_up();
}

void PluginProcess::on_hung_up() {
  if (hung_up_.armed()) return;
  environment_.loop.arm(hung_up_, environment_.loop.clock().now() + kHungUpPatience);
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
  for (Timer* const timer : {&patience_, &hung_up_, &pulse_}) timer->cancel();
  process_ = nullptr;
  greeted_ = false;
  if (ready_) return fail_start({ErrorCode::kInvalid, how});
  deaths_.push_back(environment_.loop.clock().now());
  status_->with([&](PluginStatus& status) {
    ++status.deaths;
    status.last_end = how;
    status.last_end_at = environment_.loop.clock().wall();
  });
  fail_creations(how);
  start_again_later(how);
}

void PluginProcess::fail_start(Error error) {
  const auto ready = std::exchange(ready_, nullptr);
  ready(fail(std::move(error)));
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
  if (dies_too_often()) return quarantine(how);
  const auto delay = backoff_.next();
  set_state(PluginStatus::State::kStarting);
  log::warn("plugin.died", {{"plugin", name()}, {"how", how}, {"again_in_ms", delay.count()}});
  tell_links("the plugin's process " + how);
  environment_.loop.arm(restart_, environment_.loop.clock().now() + delay);
}

void PluginProcess::quarantine(const std::string& how) {
  set_state(PluginStatus::State::kQuarantined);
  log::error("plugin.quarantined", {{"plugin", name()}, {"how", how}, {"deaths", kMostDeaths}});
  tell_links("the plugin is in quarantine: its process ended " + std::to_string(kMostDeaths) +
             " times within 10 minutes; the last one " + how);
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
  status_->with([state](PluginStatus& status) { status.state = state; });
}

}  // namespace muster
