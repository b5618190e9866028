#include "aggregator/settings/settings.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "common/config/reader.h"
#include "common/config/yaml_document.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStateDirSchema = R"yaml(
type: string
format: path
default: /var/lib/muster
description: folder for what must survive a restart; only musterd may enter it
)yaml";

constexpr std::string_view kKeyFileSchema = R"yaml(
type: string
format: path
description: >-
  file with the keys that protect stored credentials, mode 0600; without it, STATE_DIR/secret.key
)yaml";

constexpr std::string_view kLogSchema = R"yaml(
type: object
default: {}
properties:
  level:
    type: string
    enum: [error, warn, info, debug]
    default: info
    description: the least important events that are logged
)yaml";

constexpr std::string_view kPluginsSchema = R"yaml(
type: object
default: {}
properties:
  directory:
    type: string
    format: path
    default: /usr/lib/muster/plugins
    description: folder of Muster's own plugins, muster_probe_NAME.so
  drop_in:
    type: string
    format: path
    default: /usr/local/lib/muster/plugins
    description: folder of other people's plugins; it need not be there
)yaml";

constexpr std::string_view kHealthSchema = R"yaml(
type: object
default: {}
properties:
  failures:
    type: integer
    minimum: 1
    maximum: 100
    default: 3
    description: bad results in a row before a server's state follows them
  successes:
    type: integer
    minimum: 1
    maximum: 100
    default: 2
    description: good results in a row before a server is healthy again
)yaml";

// Puts a section's schema under its key.
std::string property(std::string_view key, std::string_view schema) {
  std::string text = "  " + std::string(key) + ":";
  for (const char c : schema) {
    text += c;
    if (c == '\n') text += "    ";
  }
  return text + '\n';
}

const Schema& probes_file_schema() {
  static const Schema kSchema = Schema::builtin("type: object\nrequired: [probes]\nproperties:\n" +
                                                property("probes", kProbesSchema));
  return kSchema;
}

struct Source {  // one file
  Node tree;
  Faults faults;
};

Source load_source(const fs::path& file, const Schema& schema, const Surroundings& surroundings) {
  auto tree = load_yaml(file);
  if (!tree) return {{}, std::move(tree.error())};
  Source source{std::move(*tree), {}};
  source.faults = schema.apply(source.tree, surroundings);
  return source;
}

std::vector<Node> probes_of(const Source& source) {
  const Node* probes = source.tree.find("probes");
  return probes == nullptr ? std::vector<Node>() : probes->items;
}

std::vector<fs::path> list_probe_files(const fs::path& folder, Faults& faults) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(folder, error)) return files;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    const fs::path& path = file.path();
    if (path.filename().string().starts_with('.')) continue;
    if (path.extension() == ".yaml") files.push_back(path);
    if (path.extension() == ".yml") {
      faults.push_back({{path.string()}, "only files that end in .yaml are read; rename it"});
    }
  }
  if (error) faults.push_back({{folder.string()}, error.message()});
  std::sort(files.begin(), files.end());
  return files;
}

void check_names(std::vector<Source>& sources) {
  std::map<std::string, Location> first;
  for (Source& source : sources) {
    for (const Node& probe : probes_of(source)) {
      const Node* name = probe.find("name");
      if (name == nullptr || name->kind != Node::Kind::kScalar) continue;
      const auto [place, is_new] = first.emplace(name->text, name->at);
      if (is_new) continue;
      source.faults.push_back({name->at, "name: there is a probe \"" + name->text +
                                             "\" already, at " + place->second.to_string()});
    }
  }
}

// One file after the other, each in its own order.
Faults collect_faults(std::vector<Source>& sources) {
  Faults all;
  for (Source& source : sources) {
    for (const Node& probe : probes_of(source)) check_probe(probe, source.faults);
    if (const Node* database = source.tree.find("database")) {
      check_database(*database, source.faults);
    }
    const auto earlier = [](const Fault& a, const Fault& b) { return a.at < b.at; };
    std::stable_sort(source.faults.begin(), source.faults.end(), earlier);
    all.insert(all.end(), source.faults.begin(), source.faults.end());
  }
  return all;
}

void read_plugin_folders(const Node& root, Settings& settings) {
  const Node& plugins = child(root, "plugins");
  settings.plugin_directory = read_string(plugins, "directory");
  settings.drop_in_directory = read_string(plugins, "drop_in");
}

Settings read_settings(const Node& root) {
  Settings settings;
  settings.state_dir = read_string(root, "state_dir");
  settings.key_file = settings.state_dir / "secret.key";
  if (has(root, "key_file")) settings.key_file = read_string(root, "key_file");
  settings.log_level = log::parse_level(read_string(child(root, "log"), "level")).value();
  settings.database = read_database(child(root, "database"), settings.state_dir);
  read_plugin_folders(root, settings);
  settings.api = read_api(child(root, "api"));
  settings.probing = read_probing(child(root, "probing"));
  settings.writer = read_writer(child(root, "writer"));
  settings.spool = read_spool(child(root, "spool"), settings.state_dir);
  settings.storage = read_storage(child(root, "storage"), settings.state_dir);
  const Node& health = child(root, "health");
  settings.health = {static_cast<int>(read_integer(health, "failures")),
                     static_cast<int>(read_integer(health, "successes"))};
  return settings;
}

}  // namespace

const Schema& settings_schema() {
  static const Schema kSchema =
      Schema::builtin("type: object\nproperties:\n" + property("state_dir", kStateDirSchema) +
                      property("key_file", kKeyFileSchema) + property("log", kLogSchema) +
                      property("database", kDatabaseSchema) + property("plugins", kPluginsSchema) +
                      property("api", kApiSchema) + property("probing", kProbingSchema) +
                      property("writer", kWriterSchema) + property("spool", kSpoolSchema) +
                      property("storage", storage_schema()) + property("health", kHealthSchema) +
                      property("probes", kProbesSchema));
  return kSchema;
}

tl::expected<Settings, Faults> load_settings(const fs::path& file,
                                             const Surroundings& surroundings) {
  std::vector<Source> sources{load_source(file, settings_schema(), surroundings)};
  Source folder;  // only its faults
  for (const fs::path& path : list_probe_files(file.parent_path() / "probes.d", folder.faults)) {
    sources.push_back(load_source(path, probes_file_schema(), surroundings));
  }
  sources.push_back(std::move(folder));
  check_names(sources);
  Faults faults = collect_faults(sources);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  Settings settings = read_settings(sources.front().tree);
  for (const Source& source : sources) {
    for (const Node& probe : probes_of(source)) {
      settings.probes.push_back(read_probe(probe, settings.health));
    }
  }
  return settings;
}

tl::expected<Settings, Faults> load_plugin_settings(const std::optional<fs::path>& file,
                                                    const Surroundings& surroundings) {
  static const Schema kSchema =
      Schema::builtin("type: object\nproperties:\n" + property("plugins", kPluginsSchema));
  Node root{Node::Kind::kMap, {}};
  if (file) {
    auto tree = load_yaml(*file);
    if (!tree) return tl::unexpected(std::move(tree.error()));
    root.at = tree->at;
    std::ranges::copy_if(tree->entries, std::back_inserter(root.entries),
                         [](const Node::Entry& entry) { return entry.key == "plugins"; });
  }
  Faults faults = kSchema.apply(root, surroundings);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  Settings settings;
  read_plugin_folders(root, settings);
  return settings;
}

std::vector<std::string> sections_for_restart(const Settings& running, const Settings& wanted) {
  std::vector<std::string> sections;
  if (running.state_dir != wanted.state_dir) sections.push_back("state_dir");
  if (running.key_file != wanted.key_file) sections.push_back("key_file");
  if (!(running.database == wanted.database)) sections.push_back("database");
  if (!(running.api == wanted.api)) sections.push_back("api");
  if (!(running.probing == wanted.probing)) sections.push_back("probing");
  if (!(running.writer == wanted.writer)) sections.push_back("writer");
  if (!(running.spool == wanted.spool)) sections.push_back("spool");
  if (!(running.storage == wanted.storage)) sections.push_back("storage");
  return sections;
}

}  // namespace muster
