#include "aggregator/app/probe_catalog.h"

#include <algorithm>

namespace muster {

tl::expected<ProbeCatalog, Faults> ProbeCatalog::build(const Settings& settings, const Clock& clock,
                                                       const ProbeCatalog* before) {
  ProbeCatalog catalog;
  Faults faults = catalog.load_plugins(settings.plugin_directory);
  if (!faults.empty()) return tl::unexpected(std::move(faults));

  PluginSchemas schemas;
  for (const auto& [name, plugin] : catalog.plugins_) schemas[name] = &plugin.schema;
  std::vector<ProbeEntry> entries = settings.probes;
  faults = finish_probes(entries, schemas);
  if (!faults.empty()) return tl::unexpected(std::move(faults));

  for (const ProbeEntry& entry : entries) {
    const Faults refused = catalog.add(entry, clock, before);
    faults.insert(faults.end(), refused.begin(), refused.end());
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return catalog;
}

bool ProbeCatalog::unused() const {
  return std::all_of(probes_.begin(), probes_.end(),
                     [](const auto& entry) { return entry.second.use_count() == 1; });
}

Faults ProbeCatalog::load_plugins(const std::filesystem::path& directory) {
  auto found = PluginDirectory::load(directory);
  if (!found) return {{{}, "plugins.directory: " + found.error().message}};
  for (const Error& error : found->refused) refused_.push_back(error.message);
  for (const auto& library : found->plugins) {
    auto schema = Schema::parse(library->table().config_schema);
    if (schema) {
      plugins_.emplace(library->name(), Plugin{library, std::move(*schema)});
    } else {
      refused_.push_back(library->path().filename().string() +
                         ": its schema is wrong: " + schema.error().message);
    }
  }
  return {};
}

Faults ProbeCatalog::add(const ProbeEntry& entry, const Clock& clock, const ProbeCatalog* before) {
  if (before != nullptr && take_over(entry.spec, *before)) return {};
  auto made = ConfiguredProbe::create(plugins_.at(entry.spec.plugin).library, entry.spec.name,
                                      entry.spec.config_json, clock);
  if (!made) return {plugin_fault(entry, made.error().message)};
  specs_.push_back(std::make_shared<const ProbeSpec>(entry.spec));
  probes_.emplace(entry.spec.name, std::move(*made));
  return {};
}

bool ProbeCatalog::take_over(const ProbeSpec& spec, const ProbeCatalog& before) {
  const auto same = std::find_if(before.specs_.begin(), before.specs_.end(),
                                 [&](const ProbeSpecPointer& known) { return *known == spec; });
  if (same == before.specs_.end()) return false;
  specs_.push_back(*same);
  probes_.emplace(spec.name, before.probes_.at(spec.name));
  return true;
}

}  // namespace muster
