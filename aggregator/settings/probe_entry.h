// One entry of `probes:`, in muster.yaml or in probes.d. What stands under its `config:` is the
// plugin's business: finish_probes() checks it once the plugins are loaded. A value.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/node.h"
#include "common/config/schema.h"
#include "common/model/probe_spec.h"

namespace muster {

struct ProbeEntry {
  ProbeSpec spec;  // config_json is filled in by finish_probes()
  // Nothing: as is usual for the plugin.
  std::optional<bool> isolated;
  std::optional<bool> credentials;
  Node config;  // as written until then
  Location at;
  Location plugin_at;
};

extern const std::string_view kProbesSchema;

// What the schema cannot say about one probe. `probe` may still have faults of its own.
void check_probe(const Node& probe, Faults& faults);
// `usual` is the health section: what a probe without thresholds of its own has.
ProbeEntry read_probe(const Node& probe, const Thresholds& usual);

using PluginSchemas = std::map<std::string, const Schema*, std::less<>>;  // by plugin name

// Applies the schema of each probe's plugin to its config and writes spec.config_json.
Faults finish_probes(std::vector<ProbeEntry>& probes, const PluginSchemas& plugins,
                     const Surroundings& surroundings = Surroundings::system());

// What a plugin's create() said, "/json/pointer: reason", at its place in the file.
Fault plugin_fault(const ProbeEntry& probe, std::string_view error);

}  // namespace muster
