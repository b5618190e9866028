#include "aggregator/app/partition_commands.h"

#include "aggregator/app/command_database.h"
#include "aggregator/app/rollup_span.h"
#include "aggregator/storage/partition_detacher.h"
#include "aggregator/storage/partition_restore.h"
#include "aggregator/storage/partition_session.h"
#include "aggregator/storage/rollup/roller.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

Result<PartitionSession> open_session(const Settings& settings) {
  static const StopSignal kNever;
  const auto database = command_database(settings);
  if (!database) return fail(database.error());
  auto session = PartitionSession::open(*database, kNever);
  if (!session) return fail(Error(session.error()).in("database"));
  return std::move(*session);
}

}  // namespace

Result<std::string> restore_partition(const Settings& settings, const CommandArguments& arguments) {
  auto session = open_session(settings);
  if (!session) return fail(session.error());
  const auto restored =
      restore_archive(session->connection(), arguments.front(), SystemClock().wall());
  if (!restored) return fail(restored.error());
  const ArchiveName& archive = restored->archive;
  return std::to_string(restored->rows) + " rows of " + std::string(archive.table->name) + ", " +
         to_rfc3339(archive.range.from) + " to " + to_rfc3339(archive.range.to) +
         ", are back; retention leaves them alone until " + to_rfc3339(restored->keep_until) + "\n";
}

// Only the fuse that counts partitions is off. Archiving is left to the daemon, whose files they
// are.
Result<std::string> expire_partitions(const Settings& settings, const CommandArguments&) {
  auto session = open_session(settings);
  if (!session) return fail(session.error());
  if (auto locked = session->try_lock(); !locked) return fail(Error(locked.error()));
  if (!session->has_lock()) {
    return fail(ErrorCode::kUnavailable, "a daemon is at the partitions just now; try again");
  }
  const SystemClock clock;
  StopSignal never;
  Histogram waits({1});
  LockRetry locks(never, waits);
  PartitionDetacher detacher(clock, locks);
  detacher.set_finalised_until(
      [span = rollup_span(settings)](Connection& connection, const PartitionedTable& table) {
        return Roller::done_with(connection, table.name, span);
      });
  for (const PartitionPolicy& policy : settings.storage.tables) {
    auto done = detacher.recover(session->connection(), *policy.table).and_then([&] {
      return detacher.expire(session->connection(), policy, false);
    });
    if (!done) return fail(Error(done.error()).in(policy.table->name));
  }
  return "retention is applied; a running musterd archives and drops what was detached\n";
}

}  // namespace muster
