// The probes of the configuration made alive: plugins loaded, each entry's config checked against
// its plugin's schema, one probe object an entry. Built aside and then used as a whole, so that a
// reload changes everything or nothing. [main]
#pragma once

#include "aggregator/app/plugin_set.h"
#include "aggregator/probing/probe_engine.h"
#include "aggregator/schedule/loop_scheduler.h"
#include "aggregator/settings/settings.h"

namespace muster {

class ProbeCatalog {
 public:
  // Plugins that cannot be loaded are named in plugins().refused() and do not stop the others; a
  // probe that needs one of them is a fault. Probes that `before` has unchanged are taken over.
  static tl::expected<ProbeCatalog, Faults> build(
      const Settings& settings, const Clock& clock, Wall& wall,
      const ProbeCatalog* before = nullptr, const PluginSet::StillAlive& still_alive = [] {});

  const LoopScheduler::Probes& specs() const { return specs_; }
  std::set<std::string> names() const;
  const ProbeEngine::Probes& probes() const { return probes_; }
  const PluginSet& plugins() const { return plugins_; }
  bool unused() const;  // by any loop or newer catalog: may be destroyed

 private:
  explicit ProbeCatalog(PluginSet plugins) : plugins_(std::move(plugins)) {}

  Faults add(const ProbeEntry& entry, const Clock& clock, Wall& wall, const ProbeCatalog* before);
  bool take_over(const ProbeSpec& spec, const PluginLibrary& library, const ProbeCatalog& before);

  PluginSet plugins_;
  LoopScheduler::Probes specs_;
  ProbeEngine::Probes probes_;
};

}  // namespace muster
