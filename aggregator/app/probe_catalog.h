// The probes of the configuration made alive: plugins loaded, each entry's config checked against
// its plugin's schema, one probe object an entry. Built aside and then used as a whole, so that a
// reload changes everything or nothing. [main]
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "aggregator/probing/probe_engine.h"
#include "aggregator/schedule/loop_scheduler.h"
#include "aggregator/settings/settings.h"
#include "common/config/schema.h"
#include "common/plugin/plugin_library.h"

namespace muster {

class ProbeCatalog {
 public:
  // Plugins that cannot be loaded are named in refused() and do not stop the others; a probe that
  // needs one of them is a fault. Probes that `before` has unchanged are taken over.
  static tl::expected<ProbeCatalog, Faults> build(const Settings& settings, const Clock& clock,
                                                  const ProbeCatalog* before = nullptr);

  const LoopScheduler::Probes& specs() const { return specs_; }
  const ProbeEngine::Probes& probes() const { return probes_; }
  const std::vector<std::string>& refused() const { return refused_; }
  bool unused() const;  // by any loop or newer catalog: may be destroyed
  std::size_t plugins() const { return plugins_.size(); }

 private:
  struct Plugin {
    std::shared_ptr<const PluginLibrary> library;
    Schema schema;
  };

  Faults load_plugins(const std::filesystem::path& directory);
  Faults add(const ProbeEntry& entry, const Clock& clock, const ProbeCatalog* before);
  bool take_over(const ProbeSpec& spec, const ProbeCatalog& before);

  std::map<std::string, Plugin> plugins_;
  std::vector<std::string> refused_;
  LoopScheduler::Probes specs_;
  ProbeEngine::Probes probes_;
};

}  // namespace muster
