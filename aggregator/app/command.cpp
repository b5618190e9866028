#include "aggregator/app/command.h"

#include <algorithm>

#include "aggregator/app/key_commands.h"
#include "aggregator/app/partition_commands.h"

namespace muster {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"partitions restore", "FILE", 1, "bring an archive back into the database for 30 days",
       restore_partition},
      {"partitions expire", "", 0, "apply retention now, however many partitions it takes",
       expire_partitions},
      {"keys status", "", 0, "which keys seal credentials, and how many need them", show_keys},
      {"keys rotate", "", 0, "put a new key into the key file and use it", rotate_keys},
      {"keys rewrap", "", 0, "seal stored credentials anew with the key in use", rewrap_secrets},
  };
  return kCommands;
}

Result<const Command*> find_command(const CommandArguments& words) {
  const std::string name = words.front() + (words.size() > 1 ? " " + words[1] : "");
  const auto found = std::ranges::find(commands(), name, &Command::name);
  if (found == commands().end()) {
    return fail(ErrorCode::kInvalid, "there is no command \"" + name + "\"; see --help");
  }
  if (words.size() != found->count + 2) {
    const std::string arguments = found->count > 0 ? " " + std::string(found->arguments) : "";
    return fail(ErrorCode::kInvalid, "usage: musterd " + name + arguments);
  }
  return &*found;
}

}  // namespace muster
