#include "common/wall/process_plugin.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <future>

#include "common/plugin/host_services.h"
#include "common/plugin/probe_run.h"
#include "common/plugin/translate.h"

namespace muster {

namespace {

std::vector<const char*> c_texts(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

struct ProcessPlugin::Probe {
  const ProcessPlugin& plugin;
  std::uint32_t number;

  static Probe& of(muster_probe* probe) { return *reinterpret_cast<Probe*>(probe); }
};

Result<std::shared_ptr<ProcessPlugin>> ProcessPlugin::start(
    const PluginProcess::Environment& environment, PluginFile file) {
  const std::string name = file.path().filename().string();
  std::shared_ptr<PluginProcess> process;
  std::promise<Result<wire::Hello>> said;
  environment.loop.run_and_wait([&] {
    process = std::make_shared<PluginProcess>(environment, std::move(file));
    process->start([&](Result<wire::Hello> hello) { said.set_value(std::move(hello)); });
  });
  auto hello = said.get_future().get();
  if (!hello) {
    environment.loop.run_and_wait([&] { process = nullptr; });
    const bool named = hello.error().message.starts_with(name);  // by the host itself
    return fail(named ? hello.error() : hello.error().in(name));
  }
  return std::shared_ptr<ProcessPlugin>(
      new ProcessPlugin(environment.loop, std::move(*hello), std::move(process)));
}

ProcessPlugin::ProcessPlugin(EventLoop& wall, wire::Hello hello,
                             std::shared_ptr<PluginProcess> process)
    : PluginLibrary(&table_, true),
      wall_(wall),
      hello_(std::move(hello)),
      services_(c_texts(hello_.services)),
      table_{sizeof(muster_plugin),
             MUSTER_ABI_MINOR,
             hello_.name.c_str(),
             hello_.version.c_str(),
             hello_.summary.c_str(),
             hello_.schema.c_str(),
             services_.data(),
             &ProcessPlugin::create,
             &ProcessPlugin::start_run,
             &ProcessPlugin::cancel,
             &ProcessPlugin::release_target,
             &ProcessPlugin::destroy},
      process_(std::move(process)) {}

ProcessPlugin::~ProcessPlugin() {
  detach();
  wall_.run_and_wait([this] { process_ = nullptr; });
}

void ProcessPlugin::attach(const std::vector<EventLoop*>& loops) {
  std::vector<PluginLink*> links;
  for (EventLoop* const loop : loops) {
    links_.push_back(std::make_unique<PluginLink>(*loop));
    links.push_back(links_.back().get());
  }
  wall_.run_and_wait([&] { process_->connect(std::move(links)); });
}

// First the process, so that nobody posts to a link any more.
void ProcessPlugin::detach() {
  wall_.run_and_wait([this] { process_->stop(); });
  for (auto& link : links_) {
    EventLoop& loop = link->loop();
    if (loop.running()) {
      loop.run_and_wait([&] { link = nullptr; });
    } else {
      link = nullptr;
    }
  }
  links_.clear();
}

PluginLink& ProcessPlugin::link_of(const EventLoop& loop) const {
  const auto found = std::find_if(links_.begin(), links_.end(),
                                  [&](const auto& link) { return &link->loop() == &loop; });
  assert(found != links_.end());
  return **found;
}

// [main] The process may take its time to make the probe, and is killed when it takes too long.
muster_probe* ProcessPlugin::create(const muster_host* host, muster_str config_json, char* error,
                                    std::size_t size) {
  const auto& table = *static_cast<const HostTable*>(host);
  const auto& plugin = static_cast<const ProcessPlugin&>(table.library);
  const std::uint32_t number = ++plugin.last_probe_;
  std::promise<Result<void>> made;
  plugin.wall_.post([&, name = table.probe, config = std::string(view(config_json))] {
    plugin.process_->create(number, name, config,
                            [&](Result<void> done) { made.set_value(std::move(done)); });
  });
  const auto done = made.get_future().get();
  if (done) return reinterpret_cast<muster_probe*>(new Probe{plugin, number});
  std::snprintf(error, size, "%s", done.error().message.c_str());
  return nullptr;
}

void ProcessPlugin::start_run(muster_probe* probe, const muster_target* target, muster_run* run,
                              std::int64_t deadline_ns) {
  const Probe& own = Probe::of(probe);
  own.plugin.link_of(run->loop()).start(own.number, *target, run, deadline_ns);
}

void ProcessPlugin::cancel(muster_probe* probe, muster_run* run) {
  Probe::of(probe).plugin.link_of(run->loop()).cancel(run);
}

void ProcessPlugin::release_target(muster_probe*, void* slot) {
  PluginLink::release(slot);
}

void ProcessPlugin::destroy(muster_probe* probe) {
  const std::unique_ptr<Probe> own(&Probe::of(probe));
  own->plugin.wall_.post(
      [&process = *own->plugin.process_, number = own->number] { process.destroy(number); });
}

}  // namespace muster
