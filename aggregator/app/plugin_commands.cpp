#include "aggregator/app/plugin_commands.h"

#include <algorithm>

#include "aggregator/app/plugin_description.h"
#include "aggregator/app/plugin_template.h"
#include "common/config/nearest.h"
#include "common/plugin/plugin_library.h"

namespace muster {
namespace {

struct FoundPlugin {
  std::filesystem::path path;
  std::shared_ptr<const PluginLibrary> library;
};

struct PluginFolder {
  std::vector<FoundPlugin> plugins;
  std::vector<std::string> refused;
};

Result<PluginFolder> open_folder(const Settings& settings) {
  const auto found = PluginDirectory::load(settings.plugin_directory);
  if (!found) return fail(Error(found.error()).in("plugins.directory"));
  PluginFolder folder;
  for (const auto& library : found->plugins) folder.plugins.push_back({library->path(), library});
  for (const Error& error : found->refused) folder.refused.push_back(error.message);
  return folder;
}

std::string needed_services(const muster_plugin& table) {
  std::string services;
  for (auto service = table.required_services; service && *service; ++service) {
    services += (services.empty() ? "" : ", ") + std::string(*service);
  }
  return services.empty() ? "none" : services;
}

tl::unexpected<Error> no_such_plugin(const std::string& name, const PluginFolder& folder,
                                     const Settings& settings) {
  std::vector<std::string> known;
  for (const FoundPlugin& plugin : folder.plugins) known.push_back(plugin.library->name());
  const auto meant = nearest(name, known);
  return fail(ErrorCode::kNotFound,
              "no plugin \"" + name + "\" in " + settings.plugin_directory.string() +
                  (meant ? ", did you mean \"" + *meant + "\"?" : "; see musterd plugin list"));
}

std::string title_of(const FoundPlugin& plugin) {
  return plugin.library->name() + ' ' + plugin.library->version() + "  " + plugin.path.string() +
         '\n';
}

std::string described(const FoundPlugin& plugin, const Schema& schema) {
  const muster_plugin& table = plugin.library->table();
  return title_of(plugin) + table.summary + "\n\nServices of the host: " + needed_services(table) +
         "\nKeys of config:\n" + describe_keys(schema) +
         "\nAn entry for /etc/muster/probes.d:\n\n" + example_entry(table.name, schema);
}

}  // namespace

Result<std::string> list_plugins(const Settings& settings, const CommandArguments&) {
  const auto folder = open_folder(settings);
  if (!folder) return fail(folder.error());
  std::string text;
  for (const FoundPlugin& plugin : folder->plugins) {
    const muster_plugin& table = plugin.library->table();
    const auto schema = Schema::parse(table.config_schema);
    text += title_of(plugin) + "    " +
            (schema ? table.summary : "refused: its schema is wrong: " + schema.error().message) +
            '\n';
  }
  for (const std::string& refused : folder->refused) text += "refused: " + refused + '\n';
  return text.empty() ? settings.plugin_directory.string() + " holds no plugins\n" : text;
}

Result<std::string> describe_plugin(const Settings& settings, const CommandArguments& arguments) {
  const auto folder = open_folder(settings);
  if (!folder) return fail(folder.error());
  const auto plugin = std::ranges::find_if(folder->plugins, [&](const FoundPlugin& found) {
    return found.library->name() == arguments.front();
  });
  if (plugin == folder->plugins.end()) return no_such_plugin(arguments.front(), *folder, settings);
  const auto schema = Schema::parse(plugin->library->table().config_schema);
  if (!schema) return fail(Error(schema.error()).in(arguments.front() + ": its schema is wrong"));
  return described(*plugin, *schema);
}

Result<std::string> begin_plugin(const Settings&, const CommandArguments& arguments) {
  const std::string& name = arguments.front();
  const std::string& directory = arguments.back();  // the same when there is only one
  if (auto written = write_plugin_template(name, directory); !written) return fail(written.error());
  return "the plugin " + name + " begins in " + directory +
         "; its README.md says how to build it\n";
}

}  // namespace muster
