#include "aggregator/app/command.h"

#include <algorithm>
#include <sstream>

#include "aggregator/app/partition_commands.h"
#include "common/base/file.h"

namespace muster {
namespace {

constexpr std::size_t kMostPidFileBytes = 4096;

// A running PostgreSQL names its socket's folder in the fifth line of this file.
Result<std::string> socket_of_running(const std::filesystem::path& embedded) {
  const auto file = read_file(embedded / "cluster" / "postmaster.pid", kMostPidFileBytes);
  if (!file) {
    return fail(file.error().in("the database of this configuration runs only while musterd does"));
  }
  std::istringstream lines(*file);
  std::string line;
  for (int i = 0; i < 5; ++i) std::getline(lines, line);
  return line;
}

}  // namespace

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
    const std::string arguments = found->count > 0 ? " " + std::string(found->arguments) : "";
    return fail(ErrorCode::kInvalid, "usage: musterd " + name + arguments);
  }
  return &*found;
}

Result<ConnectionSettings> command_database(const Settings& settings) {
  if (!settings.database.url.empty()) return ConnectionSettings{settings.database.url.reveal()};
  auto socket = socket_of_running(settings.database.embedded);
  if (!socket) return fail(socket.error());
  return ConnectionSettings{"host='" + *socket + "' port=5432 user=muster dbname=muster"};
}

}  // namespace muster
