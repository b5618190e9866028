#include "aggregator/app/probe_catalog.h"

#include <algorithm>

namespace muster {

tl::expected<ProbeCatalog, Faults> ProbeCatalog::build(const Settings& settings, const Clock& clock,
                                                       Wall& wall, const ProbeCatalog* before,
                                                       const PluginSet::StillAlive& still_alive) {
  auto plugins =
      PluginSet::load(settings, wall, before != nullptr ? &before->plugins_ : nullptr, still_alive);
  if (!plugins) return tl::unexpected(std::move(plugins.error()));
  ProbeCatalog catalog(std::move(*plugins));
  std::vector<ProbeEntry> entries = settings.probes;
  Faults faults = finish_probes(entries, catalog.plugins_.schemas());
  if (!faults.empty()) return tl::unexpected(std::move(faults));

  for (const ProbeEntry& entry : entries) {
    const Faults refused = catalog.add(entry, clock, wall, before);
    faults.insert(faults.end(), refused.begin(), refused.end());
    still_alive();
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return catalog;
}

bool ProbeCatalog::unused() const {
  return std::all_of(probes_.begin(), probes_.end(),
                     [](const auto& entry) { return entry.second.use_count() == 1; });
}

// Muster's own plugins are trusted and run here, others are not, unless the entry says otherwise.
Faults ProbeCatalog::add(const ProbeEntry& entry, const Clock& clock, Wall& wall,
                         const ProbeCatalog* before) {
  ProbeSpec spec = entry.spec;
  const bool ours = plugins_.ours(spec.plugin);
  spec.isolated = entry.isolated.value_or(!ours);
  spec.credentials = entry.credentials.value_or(ours);
  auto library = plugins_.library(spec.plugin, spec.isolated, wall);
  if (!library) return {{entry.plugin_at, "plugin: " + library.error().message}};
  if (before != nullptr && take_over(spec, **library, *before)) return {};
  auto made = ConfiguredProbe::create(std::move(*library), spec.name, spec.config_json, clock,
                                      spec.credentials);
  if (!made) return {plugin_fault(entry, made.error().message)};
  specs_.push_back(std::make_shared<const ProbeSpec>(spec));
  probes_.emplace(spec.name, std::move(*made));
  return {};
}

bool ProbeCatalog::take_over(const ProbeSpec& spec, const PluginLibrary& library,
                             const ProbeCatalog& before) {
  const auto same = std::find_if(before.specs_.begin(), before.specs_.end(),
                                 [&](const ProbeSpecPointer& known) { return *known == spec; });
  if (same == before.specs_.end()) return false;
  const auto& probe = before.probes_.at(spec.name);
  if (&probe->library() != &library) return false;  // the file has changed
  specs_.push_back(*same);
  probes_.emplace(spec.name, probe);
  return true;
}

std::set<std::string> ProbeCatalog::names() const {
  std::set<std::string> names;
  for (const auto& spec : specs_) names.insert(spec->name);
  return names;
}

}  // namespace muster
