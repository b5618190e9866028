#include "aggregator/app/command.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "aggregator/app/contract_command.h"
#include "aggregator/app/key_commands.h"
#include "aggregator/app/partition_commands.h"
#include "aggregator/app/plugin_commands.h"

namespace muster {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"partitions restore", "FILE", "bring an archive back into the database for 30 days",
       restore_partition},
      {"partitions expire", "", "apply retention now, however many partitions it takes",
       expire_partitions},
      {"keys status", "", "which keys seal credentials, and how many need them", show_keys},
      {"keys rotate", "", "put a new key into the key file and use it", rotate_keys},
      {"keys rewrap", "", "seal stored credentials anew with the key in use", rewrap_secrets},
      {"plugin list", "", "what is in the plugin folder, and what was refused", list_plugins, true},
      {"plugin describe", "NAME", "a plugin's keys, and an entry to begin with", describe_plugin,
       true},
      {"contract print", "", "the OpenAPI document of the API", print_contract, true},
      {"plugin new", "NAME [DIRECTORY]", "begin a plugin of your own", begin_plugin, true},
  };
  return kCommands;
}

namespace {

bool takes(const Command& command, std::size_t count) {
  const auto words = [&](std::string_view start) {
    std::istringstream text{std::string(command.arguments)};
    return static_cast<std::size_t>(
        std::count_if(std::istream_iterator<std::string>(text), {},
                      [&](const std::string& word) { return word.starts_with(start); }));
  };
  const std::size_t most = words("");
  return count <= most && count >= most - words("[");
}

}  // namespace

std::string usage_of(const Command& command) {
  std::string usage(command.name);
  if (!command.arguments.empty()) usage += " " + std::string(command.arguments);
  return usage;
}

Result<const Command*> find_command(const CommandArguments& words) {
  const std::string name = words.front() + (words.size() > 1 ? " " + words[1] : "");
  const auto found = std::ranges::find(commands(), name, &Command::name);
  if (found == commands().end()) {
    return fail(ErrorCode::kInvalid, "there is no command \"" + name + "\"; see --help");
  }
  if (!takes(*found, words.size() - 2)) {
    return fail(ErrorCode::kInvalid, "usage: musterd " + usage_of(*found));
  }
  return &*found;
}

}  // namespace muster
