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

  // [any] Of a plugin that a reload has replaced, only how the new one is.
  std::vector<PluginStatus> status() const;
  bool lift(const std::string& plugin);  // [any] false: there is no such plugin

  std::size_t loops() const { return setup_.loops; }

 private:
  // What other threads may know of a plugin: nothing that would keep it alive.
  struct Known {
    bool gone() const { return process.expired(); }
    PluginStatus now() const;

    std::weak_ptr<PluginProcess> process;  // locked on the wall's loop, where it also ends
    PluginProcess::Status status;
  };

  std::vector<Known> newest() const;  // of each name

  const std::filesystem::path program_;
  const wire::Setup setup_;
  const std::chrono::milliseconds first_delay_;
  EventLoop loop_;
  std::vector<EventLoop*> loops_;
  std::vector<std::weak_ptr<ProcessPlugin>> plugins_;
  Guarded<std::vector<Known>> known_;  // in the order in which they were loaded
};

}  // namespace muster
