#include "aggregator/app/plugin_commands.h"

#include "aggregator/app/plugin_description.h"
#include "aggregator/app/plugin_set.h"
#include "aggregator/app/plugin_template.h"
#include "aggregator/app/wall_setup.h"
#include "common/config/nearest.h"

namespace muster {
namespace {

// Loads them as a daemon does, so a bad one harms nobody here either. `use` gives the text to
// print.
template <typename Use>
Result<std::string> with_plugins(const Settings& settings, Use use) {
  const SystemClock clock;
  Wall wall(clock, probe_host_program(), wall_setup(settings));
  const auto plugins = PluginSet::load(settings, wall);
  if (!plugins) return fail(ErrorCode::kNotFound, plugins.error().front().message);
  return use(*plugins);
}

std::string needed_services(const muster_plugin& table) {
  std::string services;
  for (auto service = table.required_services; service && *service; ++service) {
    services += (services.empty() ? "" : ", ") + std::string(*service);
  }
  return services.empty() ? "none" : services;
}

tl::unexpected<Error> no_such_plugin(const std::string& name, const PluginSet& plugins,
                                     const Settings& settings) {
  std::vector<std::string> known;
  for (const auto& [known_name, plugin] : plugins.plugins()) known.push_back(known_name);
  const auto meant = nearest(name, known);
  return fail(ErrorCode::kNotFound,
              "no plugin \"" + name + "\" in " + settings.plugin_directory.string() +
                  (meant ? ", did you mean \"" + *meant + "\"?" : "; see musterd plugin list"));
}

std::string title_of(const PluginSet::Plugin& plugin) {
  const PluginLibrary& library = plugin.library();
  return library.name() + ' ' + library.version() + "  " + plugin.path.string() + '\n';
}

std::string described(const PluginSet::Plugin& plugin) {
  const muster_plugin& table = plugin.library().table();
  return title_of(plugin) + table.summary + "\n\nServices of the host: " + needed_services(table) +
         "\nKeys of config:\n" + describe_keys(plugin.schema) +
         "\nAn entry for /etc/muster/probes.d:\n\n" + example_entry(table.name, plugin.schema);
}

}  // namespace

Result<std::string> list_plugins(const Settings& settings, const CommandArguments&) {
  return with_plugins(settings, [&](const PluginSet& plugins) -> Result<std::string> {
    std::string text;
    for (const auto& [name, plugin] : plugins.plugins()) {
      text += title_of(plugin) + "    " + plugin.library().table().summary + '\n';
    }
    for (const std::string& refused : plugins.refused()) text += "refused: " + refused + '\n';
    return text.empty() ? settings.plugin_directory.string() + " holds no plugins\n" : text;
  });
}

Result<std::string> describe_plugin(const Settings& settings, const CommandArguments& arguments) {
  return with_plugins(settings, [&](const PluginSet& plugins) -> Result<std::string> {
    const auto plugin = plugins.plugins().find(arguments.front());
    if (plugin == plugins.plugins().end()) {
      return no_such_plugin(arguments.front(), plugins, settings);
    }
    return described(plugin->second);
  });
}

Result<std::string> begin_plugin(const Settings&, const CommandArguments& arguments) {
  const std::string& name = arguments.front();
  const std::string& directory = arguments.back();  // the same when there is only one
  if (auto written = write_plugin_template(name, directory); !written) return fail(written.error());
  return "the plugin " + name + " begins in " + directory +
         "; its README.md says how to build it\n";
}

}  // namespace muster
