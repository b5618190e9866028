// Names for /metrics how the plugins are that have processes of their own. [main], once at start.
#pragma once

#include <functional>
#include <vector>

#include "aggregator/export/readings.h"
#include "common/model/plugin_status.h"

namespace muster {

void add_plugin_readings(Readings& readings, std::function<std::vector<PluginStatus>()> status);

}  // namespace muster
