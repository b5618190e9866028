// A plugin in a process of its own, which looks to the rest like one that was loaded here: its
// table forwards each call. Made and destroyed on [main]; its links live on the loops, its process
// on the wall's loop.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "common/plugin/plugin_library.h"
#include "common/wall/plugin_process.h"

namespace muster {

class ProcessPlugin final : public PluginLibrary {
 public:
  // Starts the process and waits until it has said what it is. Fails with how it ended.
  static Result<std::shared_ptr<ProcessPlugin>> start(const PluginProcess::Environment& environment,
                                                      PluginFile file);
  ~ProcessPlugin() override;

  // [main] Once, before a run is started; and its opposite, when no loop starts one any more.
  void attach(const std::vector<EventLoop*>& loops);
  void detach();

  // For those who look after it; nobody but this may be the last to hold it.
  std::weak_ptr<PluginProcess> process() const { return process_; }
  PluginProcess::Status status() const { return process_->status(); }

 private:
  struct Probe;  // behind the muster_probe of a configured probe

  ProcessPlugin(EventLoop& wall, wire::Hello hello, std::shared_ptr<PluginProcess> process);

  PluginLink& link_of(const EventLoop& loop) const;

  static muster_probe* create(const muster_host* host, muster_str config_json, char* error,
                              std::size_t size);
  static void start_run(muster_probe* probe, const muster_target* target, muster_run* run,
                        std::int64_t deadline_ns);
  static void cancel(muster_probe* probe, muster_run* run);
  static void release_target(muster_probe* probe, void* slot);
  static void destroy(muster_probe* probe);

  EventLoop& wall_;
  const wire::Hello hello_;
  std::vector<const char*> services_;  // nullptr at the end
  const muster_plugin table_;
  std::vector<std::unique_ptr<PluginLink>> links_;  // fixed while loops run
  mutable std::atomic<std::uint32_t> last_probe_{0};
  std::shared_ptr<PluginProcess> process_;
};

}  // namespace muster
