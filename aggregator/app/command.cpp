#include "aggregator/app/command.h"

#include <algorithm>

#include "aggregator/app/partition_commands.h"
#include "aggregator/storage/embedded_postgres.h"

namespace muster {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"partitions restore", "FILE", 1, "bring an archive back into the database for 30 days",
       restore_partition},
      {"partitions expire", "", 0, "apply retention now, however many partitions it takes",
       expire_partitions},
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
    return fail(ErrorCode::kInvalid,
                "usage: musterd " + name + " " + std::string(found->arguments));
  }
  return &*found;
}

ConnectionSettings command_database(const Settings& settings) {
  if (!settings.database.url.empty()) return {settings.database.url.reveal()};
  EmbeddedPostgresSettings embedded;
  embedded.directory = settings.database.embedded;
  return {EmbeddedPostgres(std::move(embedded)).connection_string()};
}

}  // namespace muster
