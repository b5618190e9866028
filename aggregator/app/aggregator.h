// The whole daemon but its command line: builds every stage, connects them in the order in which
// data flows, and takes them down in the opposite one. Owned and called by [main].
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "aggregator/app/probe_catalog.h"
#include "aggregator/settings/settings.h"

namespace muster {

class Aggregator {
 public:
  // Asked between steps that may take long; true ends start() early.
  using GiveUp = std::function<bool(std::chrono::milliseconds patience)>;

  Aggregator(Settings settings, Wall& wall, ProbeCatalog catalog);
  ~Aggregator();

  // Returns when the API listens and the fleet is being probed.
  Result<void> start(const GiveUp& give_up);

  // All or nothing. What only a restart can change is named in the log.
  void reload(tl::expected<Settings, Faults> settings, const PluginSet::StillAlive& still_alive);

  // To be called about every second, and may be more often. True when every loop turns.
  bool look_after();

  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace muster
