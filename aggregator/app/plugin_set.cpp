#include "aggregator/app/plugin_set.h"

#include <algorithm>

namespace muster {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kFilePrefix = "muster_probe_";

// By its file's name: whoever can write into that folder can replace us anyway.
bool is_one_of_ours(const fs::path& path) {
  constexpr std::string_view kOurs = "," MUSTER_OUR_PROBES ",";
  const std::string stem = path.stem().string();
  return stem.starts_with(kFilePrefix) &&
         kOurs.find("," + stem.substr(kFilePrefix.size()) + ",") != std::string_view::npos;
}

Result<std::shared_ptr<const PluginLibrary>> load_library(PluginFile file, bool isolated,
                                                          Wall& wall) {
  return isolated ? wall.load(std::move(file)) : PluginLibrary::load(std::move(file));
}

}  // namespace

tl::expected<PluginSet, Faults> PluginSet::load(const Settings& settings, Wall& wall,
                                                const PluginSet* before) {
  PluginSet set;
  if (auto faults = set.load_folder(settings.plugin_directory, true, wall, before);
      !faults.empty()) {
    return tl::unexpected(std::move(faults));
  }
  if (fs::exists(settings.drop_in_directory)) {
    if (auto faults = set.load_folder(settings.drop_in_directory, false, wall, before);
        !faults.empty()) {
      return tl::unexpected(std::move(faults));
    }
  }
  return set;
}

Faults PluginSet::load_folder(const fs::path& folder, bool ours, Wall& wall,
                              const PluginSet* before) {
  const auto files = find_plugins(folder);
  if (!files) {
    const std::string key = ours ? "plugins.directory: " : "plugins.drop_in: ";
    return {{{}, key + files.error().message}};
  }
  for (const fs::path& file : *files) {
    const auto added = add(file, ours && is_one_of_ours(file), wall, before);
    if (!added) refused_.push_back(added.error().message);
  }
  return {};
}

Result<void> PluginSet::add(const fs::path& path, bool ours, Wall& wall, const PluginSet* before) {
  auto file = PluginFile::open(path);
  if (!file) return fail(file.error());
  Plugin plugin{path, file->sha256(), ours, Schema::builtin("{}"), nullptr, nullptr};
  if (const Plugin* const known = before ? before->find(path, plugin.sha256) : nullptr) {
    plugin = *known;
  } else {
    auto library = load_library(std::move(*file), !ours, wall);
    if (!library) return fail(library.error());
    auto schema = Schema::parse((*library)->table().config_schema);
    if (!schema) return fail(schema.error().in(path.filename().string() + ": its schema is wrong"));
    plugin.schema = std::move(*schema);
    (ours ? plugin.here : plugin.isolated) = std::move(*library);
  }
  const std::string name = plugin.library().name();
  if (plugins_.contains(name)) {
    return fail(ErrorCode::kConflict,
                path.filename().string() + ": another file already provides " + name);
  }
  plugins_.emplace(name, std::move(plugin));
  return {};
}

const PluginSet::Plugin* PluginSet::find(const fs::path& path, const std::string& sha256) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(), [&](const auto& entry) {
    return entry.second.path == path && entry.second.sha256 == sha256;
  });
  return found == plugins_.end() ? nullptr : &found->second;
}

PluginSchemas PluginSet::schemas() const {
  PluginSchemas schemas;
  for (const auto& [name, plugin] : plugins_) schemas[name] = &plugin.schema;
  return schemas;
}

Result<std::shared_ptr<const PluginLibrary>> PluginSet::library(const std::string& name,
                                                                bool isolated, Wall& wall) {
  Plugin& plugin = plugins_.at(name);
  auto& wanted = isolated ? plugin.isolated : plugin.here;
  if (wanted) return wanted;
  auto file = PluginFile::open(plugin.path);
  if (!file) return fail(file.error());
  if (file->sha256() != plugin.sha256) {
    return fail(ErrorCode::kConflict, plugin.path.string() + " has just been changed; try again");
  }
  auto library = load_library(std::move(*file), isolated, wall);
  if (library) wanted = *library;
  return library;
}

std::vector<PluginStatus> PluginSet::in_process() const {
  std::vector<PluginStatus> found;
  for (const auto& [name, plugin] : plugins_) {
    if (!plugin.here) continue;
    PluginStatus status;
    status.name = name;
    status.version = plugin.here->version();
    status.file = plugin.path.filename().string();
    status.state = PluginStatus::State::kInProcess;
    found.push_back(std::move(status));
  }
  return found;
}

}  // namespace muster
