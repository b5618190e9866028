// The wall between the daemon and plugins that it need not trust: each in a process of its own, all
// of them looked after on the thread `wall`. Owned by main; [main] unless it says otherwise.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/guarded.h"
#include "common/wall/process_plugin.h"

namespace muster {

class Wall {
 public:
  // `program`: muster-probe-host. `setup.loops`: how many loops attach() will name. `first_delay`:
  // before a plugin that died is started again; then twice as long each time, up to a minute.
  Wall(const Clock& clock, std::filesystem::path program, wire::Setup setup,
       std::chrono::milliseconds first_delay = std::chrono::seconds(1));
  ~Wall();

  Result<std::shared_ptr<const PluginLibrary>> load(PluginFile file);

  // Once, before a run is started; and when all loops have stopped.
  void attach(const std::vector<EventLoop*>& loops);
  void detach();

  std::vector<PluginStatus> status() const;    // [any]
  bool lift(const std::string& plugin) const;  // [any] false: there is no such plugin

  std::size_t loops() const { return setup_.loops; }

 private:
  std::vector<std::shared_ptr<ProcessPlugin>> plugins() const;

  const std::filesystem::path program_;
  const wire::Setup setup_;
  const std::chrono::milliseconds first_delay_;
  EventLoop loop_;
  std::vector<EventLoop*> loops_;
  Guarded<std::vector<std::weak_ptr<ProcessPlugin>>> plugins_;
};

}  // namespace muster
