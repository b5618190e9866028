#include "aggregator/app/command.h"

#include <algorithm>

#include "aggregator/app/key_commands.h"
#include "aggregator/app/partition_commands.h"

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
  };
  return kCommands;
}

std::string usage_of(const Command& command) {
  std::string usage(command.name);
  if (!command.argument.empty()) usage += " " + std::string(command.argument);
  return usage;
}

Result<const Command*> find_command(const CommandArguments& words) {
  const std::string name = words.front() + (words.size() > 1 ? " " + words[1] : "");
  const auto found = std::ranges::find(commands(), name, &Command::name);
  if (found == commands().end()) {
    return fail(ErrorCode::kInvalid, "there is no command \"" + name + "\"; see --help");
  }
  if (words.size() != (found->argument.empty() ? 2 : 3)) {
    return fail(ErrorCode::kInvalid, "usage: musterd " + usage_of(*found));
  }
  return &*found;
}

}  // namespace muster
