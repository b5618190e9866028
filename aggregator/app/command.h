// What musterd can be told to do once instead of serving: `musterd partitions restore FILE`. All
// commands stand in one table; each has a file of its own. Lives on the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aggregator/settings/settings.h"

namespace muster {

using CommandArguments = std::vector<std::string>;

struct Command {
  std::string_view name;       // two words, "partitions restore"
  std::string_view arguments;  // what it takes, "NAME [DIRECTORY]": what is in [] may be left out
  std::string_view purpose;
  // Returns what to print.
  Result<std::string> (*run)(const Settings& settings, const CommandArguments& arguments);
  // Only settings.plugin_directory is read: anybody may give this command, also without the right
  // to read the secrets of the configuration.
  bool needs_plugins_only = false;
};

const std::vector<Command>& commands();

std::string usage_of(const Command& command);  // "partitions restore FILE"

// The command that `words` begin with; or a sentence on what is wrong with them.
Result<const Command*> find_command(const CommandArguments& words);

}  // namespace muster
