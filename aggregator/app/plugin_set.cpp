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
                                                const PluginSet* before,
                                                const StillAlive& still_alive) {
  PluginSet set;
  const Loading loading{wall, before, still_alive};
  if (auto faults = set.load_folder(settings.plugin_directory, true, loading); !faults.empty()) {
    return tl::unexpected(std::move(faults));
  }
  if (fs::exists(settings.drop_in_directory)) {
    if (auto faults = set.load_folder(settings.drop_in_directory, false, loading);
        !faults.empty()) {
      return tl::unexpected(std::move(faults));
    }
  }
  return set;
}

Faults PluginSet::load_folder(const fs::path& folder, bool ours, const Loading& loading) {
  const auto files = find_plugins(folder);
  if (!files) {
    const std::string key = ours ? "plugins.directory: " : "plugins.drop_in: ";
    return {{{}, key + files.error().message}};
  }
  for (const fs::path& file : *files) {
    add(file, ours && is_one_of_ours(file), loading);
    loading.still_alive();
  }
  return {};
}

void PluginSet::add(const fs::path& path, bool ours, const Loading& loading) {
  auto file = PluginFile::open(path);
  if (!file) return refuse(path, "", file.error());
  const std::string sha256 = file->sha256();
  const auto known = loading.before != nullptr ? loading.before->find(path, sha256) : std::nullopt;
  auto plugin = known ? *known : load_plugin(std::move(*file), ours, loading.wall);
  if (!plugin) return refuse(path, sha256, plugin.error());
  const std::string name = plugin->library().name();
  if (!plugins_.emplace(name, std::move(*plugin)).second) {
    refuse(path, sha256,
           {ErrorCode::kConflict,
            path.filename().string() + ": another file already provides " + name});
  }
}

Result<PluginSet::Plugin> PluginSet::load_plugin(PluginFile file, bool ours, Wall& wall) {
  const std::string file_name = file.path().filename().string();
  Plugin plugin{file.path(), file.sha256(), ours, Schema::builtin("{}"), nullptr, nullptr};
  auto library = load_library(std::move(file), !ours, wall);
  if (!library) return fail(library.error());
  auto schema = Schema::parse((*library)->table().config_schema);
  if (!schema) return fail(schema.error().in(file_name + ": its schema is wrong"));
  plugin.schema = std::move(*schema);
  (ours ? plugin.here : plugin.isolated) = std::move(*library);
  return plugin;
}

// Only what is the plugin's own fault is remembered: that is so until the file changes, and to find
// it out once more may take ten seconds.
void PluginSet::refuse(const fs::path& path, const std::string& sha256, const Error& why) {
  refused_.push_back({path, why.code == ErrorCode::kInvalid ? sha256 : "", why});
}

// Nothing: it has not been seen like that.
std::optional<Result<PluginSet::Plugin>> PluginSet::find(const fs::path& path,
                                                         const std::string& sha256) const {
  const auto same = [&](const auto& one) { return one.path == path && one.sha256 == sha256; };
  for (const auto& [name, plugin] : plugins_) {
    if (same(plugin)) return plugin;
  }
  const auto refusal = std::ranges::find_if(refused_, same);
  if (refusal == refused_.end()) return std::nullopt;
  return Result<Plugin>(fail(refusal->why));
}

std::vector<std::string> PluginSet::refused() const {
  std::vector<std::string> words;
  for (const Refusal& refusal : refused_) words.push_back(refusal.why.message);
  return words;
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
