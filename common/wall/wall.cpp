#include "common/wall/wall.h"

namespace muster {

Wall::Wall(const Clock& clock, std::filesystem::path program, wire::Setup setup,
           std::chrono::milliseconds first_delay)
    : program_(std::move(program)),
      setup_(std::move(setup)),
      first_delay_(first_delay),
      loop_("wall", clock) {}

Wall::~Wall() = default;

// The thread starts with the first plugin: a process dies with the thread that started it.
Result<std::shared_ptr<const PluginLibrary>> Wall::load(PluginFile file) {
  if (!loop_.running()) loop_.start();
  auto plugin = ProcessPlugin::start({loop_, program_, setup_, first_delay_}, std::move(file));
  if (!plugin) return fail(plugin.error());
  if (!loops_.empty()) (*plugin)->attach(loops_);
  plugins_.with([&](auto& plugins) { plugins.push_back(*plugin); });
  return std::shared_ptr<const PluginLibrary>(std::move(*plugin));
}

void Wall::attach(const std::vector<EventLoop*>& loops) {
  loops_ = loops;
  for (const auto& plugin : plugins()) plugin->attach(loops_);
}

void Wall::detach() {
  loops_.clear();
  for (const auto& plugin : plugins()) plugin->detach();
}

std::vector<PluginStatus> Wall::status() const {
  std::vector<PluginStatus> found;
  for (const auto& plugin : plugins()) found.push_back(plugin->status());
  return found;
}

bool Wall::lift(const std::string& name) const {
  for (const auto& plugin : plugins()) {
    if (plugin->name() != name) continue;
    plugin->lift();
    return true;
  }
  return false;
}

std::vector<std::shared_ptr<ProcessPlugin>> Wall::plugins() const {
  std::vector<std::shared_ptr<ProcessPlugin>> alive;
  plugins_.with([&](const auto& plugins) {
    for (const auto& known : plugins) {
      if (auto plugin = known.lock()) alive.push_back(std::move(plugin));
    }
  });
  return alive;
}

}  // namespace muster
