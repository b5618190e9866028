// `musterd plugin`: list what is in the plugin folder, describe one plugin's keys, begin a new one.
// Each is a Command's function that needs no database and no right but to read. [main]
#pragma once

#include "aggregator/app/command.h"

namespace muster {

Result<std::string> list_plugins(const Settings& settings, const CommandArguments& arguments);
Result<std::string> describe_plugin(const Settings& settings, const CommandArguments& arguments);
Result<std::string> begin_plugin(const Settings& settings, const CommandArguments& arguments);

}  // namespace muster
