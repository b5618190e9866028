// The probes that the daemon runs now, and those that a reload has replaced but a loop may still
// hold. Owned by the Aggregator; [main] unless it says otherwise.
#pragma once

#include <list>
#include <vector>

#include "aggregator/app/probe_catalog.h"
#include "common/base/guarded.h"
#include "common/model/probe_spec.h"
#include "common/model/server.h"

namespace muster {

class CatalogInUse {
 public:
  CatalogInUse(const Clock& clock, Wall& wall, ProbeCatalog catalog);

  const ProbeCatalog& now() const { return catalog_; }

  // What these settings make of it, aside: what did not change is taken over.
  tl::expected<ProbeCatalog, Faults> build(const Settings& wanted,
                                           const PluginSet::StillAlive& still_alive) const;
  void replace(ProbeCatalog next);  // once all loops have been given it
  bool let_go();                    // of what no loop has any more; false: of nothing

  std::vector<PluginStatus> plugin_status() const;       // [any]
  double checks_per_second(const Server& server) const;  // [any]; what the probes would ask of it

 private:
  struct Shown {  // of the catalog, for other threads
    std::vector<PluginStatus> in_process;
    std::vector<ProbeSpec> specs;
  };

  static Shown shown_of(const ProbeCatalog& catalog);

  const Clock& clock_;
  Wall& wall_;
  ProbeCatalog catalog_;
  std::list<ProbeCatalog> retired_;
  Guarded<Shown> shown_;
};

}  // namespace muster
