#include "common/wall/wall.h"

#include <unistd.h>

#include <algorithm>

namespace muster {
namespace {

wire::Setup of_this_process(wire::Setup setup) {
  setup.daemon = ::getpid();
  return setup;
}

}  // namespace

Wall::Wall(const Clock& clock, std::filesystem::path program, wire::Setup setup,
           std::chrono::milliseconds first_delay)
    : program_(std::move(program)),
      setup_(of_this_process(std::move(setup))),
      first_delay_(first_delay),
      loop_("wall", clock) {}

Wall::~Wall() = default;

// The thread starts with the first plugin: a process dies with the thread that started it.
Result<std::shared_ptr<const PluginLibrary>> Wall::load(PluginFile file) {
  if (!loop_.running()) loop_.start();
  auto plugin = ProcessPlugin::start({loop_, program_, setup_, first_delay_}, std::move(file));
  if (!plugin) return fail(plugin.error());
  if (!loops_.empty()) (*plugin)->attach(loops_);
  std::erase_if(plugins_, [](const auto& known) { return known.expired(); });
  plugins_.push_back(*plugin);
  known_.with([&](auto& known) {
    std::erase_if(known, [](const Known& one) { return one.gone(); });
    known.push_back({(*plugin)->process(), (*plugin)->status()});
  });
  return std::shared_ptr<const PluginLibrary>(std::move(*plugin));
}

void Wall::attach(const std::vector<EventLoop*>& loops) {
  loops_ = loops;
  for (const auto& known : plugins_) {
    if (const auto plugin = known.lock()) plugin->attach(loops_);
  }
}

void Wall::detach() {
  loops_.clear();
  for (const auto& known : plugins_) {
    if (const auto plugin = known.lock()) plugin->detach();
  }
}

std::vector<PluginStatus> Wall::status() const {
  std::vector<PluginStatus> all;
  for (const Known& plugin : newest()) all.push_back(plugin.now());
  return all;
}

bool Wall::lift(const std::string& name) {
  for (const Known& plugin : newest()) {
    if (plugin.now().name != name) continue;
    loop_.post([process = plugin.process] {
      if (const auto alive = process.lock()) alive->lift();
    });
    return true;
  }
  return false;
}

PluginStatus Wall::Known::now() const {
  return status->with([](const PluginStatus& status) { return status; });
}

std::vector<Wall::Known> Wall::newest() const {
  std::vector<Known> found;
  for (const Known& known : known_.with([](const auto& all) { return all; })) {
    if (known.gone()) continue;
    const auto same = [name = known.now().name](const Known& other) {
      return other.now().name == name;
    };
    std::erase_if(found, same);
    found.push_back(known);
  }
  return found;
}

}  // namespace muster
