// What the wall needs of the settings and of this installation. [main]
#pragma once

#include <filesystem>

#include "aggregator/settings/settings.h"
#include "common/wall/wire.h"

namespace muster {

// muster-probe-host, beside this program; beside its folder for the tests of a build.
std::filesystem::path probe_host_program();

wire::Setup wall_setup(const Settings& settings);

}  // namespace muster
