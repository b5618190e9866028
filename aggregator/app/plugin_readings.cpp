#include "aggregator/app/plugin_readings.h"

namespace muster {
namespace {

using Series = Readings::SeriesList;

// One for each plugin that has a process, by what `read` says of it.
template <typename Read>
std::function<Series()> by_plugin(std::function<std::vector<PluginStatus>()> status, Read read) {
  return [status = std::move(status), read] {
    Series series;
    for (const PluginStatus& plugin : status()) {
      if (plugin.state == PluginStatus::State::kInProcess) continue;
      series.push_back({{{"plugin", plugin.name}}, static_cast<double>(read(plugin))});
    }
    return series;
  };
}

}  // namespace

void add_plugin_readings(Readings& readings, std::function<std::vector<PluginStatus>()> status) {
  using State = PluginStatus::State;
  readings.add_gauges("muster_plugin_up", "Whether the process of a plugin is there.",
                      by_plugin(status, [](const PluginStatus& plugin) {
                        return plugin.state == State::kRunning;
                      }));
  readings.add_gauges("muster_plugin_quarantined",
                      "Whether a plugin is left alone because its process ended too often.",
                      by_plugin(status, [](const PluginStatus& plugin) {
                        return plugin.state == State::kQuarantined;
                      }));
  readings.add_counters(
      "muster_plugin_deaths_total",
      "How often the process of a plugin has ended without being asked to.",
      by_plugin(status, [](const PluginStatus& plugin) { return plugin.deaths; }));
}

}  // namespace muster
