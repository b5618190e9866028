#include "aggregator/storage/partition_archiver.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "aggregator/storage/archive_file.h"
#include "aggregator/storage/archive_name.h"
#include "aggregator/storage/statement_limits.h"
#include "aggregator/storage/transaction.h"
#include "common/base/log.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckTable = "pg_temp.archive_check";
constexpr std::string_view kDiskFull = "53100";
constexpr std::chrono::seconds kFirstRest = std::chrono::minutes(5);
constexpr std::chrono::seconds kLongestRest = std::chrono::hours(24);
constexpr std::uint64_t kReserveBytes = 256ULL * 1024 * 1024;  // the disk has other users

std::optional<dev_t> device_of(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return found.st_dev;
}

DbError refusal(ErrorCode code, std::string message) {
  return {{code, std::move(message)}, "", ""};
}

bool is_finished(ArchiveState state) {
  return state == ArchiveState::kDropped || state == ArchiveState::kRestored;
}

// Reads the file into a table that goes with the transaction.
DbResult<ArchiveFile> read_back(Connection& connection, const ArchiveRow& row) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto made = connection.exec("CREATE TEMP TABLE archive_check (LIKE " + row.partition + ")");
  if (!made) return fail(made.error());
  return load_archive(connection, kCheckTable, row.path);
}

DbResult<std::uint64_t> size_of(Connection& connection, const std::string& partition) {
  auto size = connection.exec("SELECT pg_table_size($1::regclass)", {partition});
  if (!size) return fail(size.error());
  return static_cast<std::uint64_t>(size->integer(0, 0));
}

// Where the server keeps its data, if that is on this machine and we may know it.
DbResult<std::optional<fs::path>> data_directory(Connection& connection) {
  auto rows = connection.exec(
      "SELECT setting FROM pg_settings WHERE name = 'data_directory' AND inet_server_addr() IS "
      "NULL");
  if (!rows) return fail(rows.error());
  if (rows->empty() || rows->is_null(0, 0)) return std::nullopt;
  const fs::path path = std::string(rows->text(0, 0));
  if (!device_of(path)) return std::nullopt;
  return path;
}

bool is_fault_of_file(const Connection& connection, const DbError& error) {
  constexpr std::string_view kNoSuchColumn = "42703";
  return !connection.broken() &&
         (error.sqlstate.empty() || error.is_data_error() || error.sqlstate == kNoSuchColumn);
}

}  // namespace

PartitionArchiver::PartitionArchiver(PartitionArchiveSettings settings, FreeSpace free_space)
    : settings_(std::move(settings)), free_space_(std::move(free_space)) {}

Result<std::uint64_t> PartitionArchiver::free_bytes(const fs::path& directory) {
  std::error_code error;
  const auto space = fs::space(directory, error);
  if (error) return fail(ErrorCode::kUnavailable, directory.string() + ": " + error.message());
  return space.available;
}

DbResult<void> PartitionArchiver::run(Connection& connection, const PartitionedTable& table) {
  const auto rows = ArchiveRepository(connection).of(table.name);
  if (!rows) return fail(rows.error());
  DbResult<void> outcome;
  for (const ArchiveRow& row : *rows) {
    if (rests(row)) continue;
    auto finished = finish(connection, table, row);
    note_room(row, finished);
    if (!finished && outcome) outcome = std::move(finished);
    if (connection.broken()) break;
  }
  return outcome;
}

// A full disk does not get better by being filled to the brim every minute.
void PartitionArchiver::note_room(const ArchiveRow& row, const DbResult<void>& outcome) {
  const auto key = std::pair(row.table, row.range.from);
  if (outcome || outcome.error().sqlstate != kDiskFull) {
    resting_.erase(key);
    return;
  }
  auto& rest = resting_[key];
  rest.length = std::clamp<std::chrono::seconds>(2 * rest.length, kFirstRest, kLongestRest);
  rest.until = std::chrono::steady_clock::now() + rest.length;
}

bool PartitionArchiver::rests(const ArchiveRow& row) const {
  const auto found = resting_.find(std::pair(row.table, row.range.from));
  return found != resting_.end() && std::chrono::steady_clock::now() < found->second.until;
}

DbResult<void> PartitionArchiver::finish(Connection& connection, const PartitionedTable& table,
                                         ArchiveRow row) {
  while (!is_finished(row.state) && row.state != ArchiveState::kDetaching) {
    if (auto done = advance(connection, table, row); !done) return done;
    auto now = ArchiveRepository(connection).find(row.table, row.range);
    if (!now) return fail(now.error());
    if (!*now) return {};
    row = std::move(**now);
  }
  return {};
}

DbResult<void> PartitionArchiver::advance(Connection& connection, const PartitionedTable& table,
                                          const ArchiveRow& row) {
  switch (row.state) {
    case ArchiveState::kDetached:
      return settings_.enabled ? copy(connection, table, row)
                               : ArchiveRepository(connection).drop(row);
    case ArchiveState::kCopied:
      return verify(connection, row);
    case ArchiveState::kVerified:
      return drop(connection, row);
    default:
      return {};
  }
}

DbResult<void> PartitionArchiver::copy(Connection& connection, const PartitionedTable& table,
                                       ArchiveRow row) {
  if (auto room = make_room(connection, row); !room) return room;
  const auto limits = StatementLimits::set(connection, kBulkLimits);
  if (!limits) return fail(limits.error());
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto isolated = connection.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (!isolated) return fail(isolated.error());
  // A large file takes its time to reach the disk, while the transaction waits.
  auto patient = connection.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
  if (!patient) return fail(patient.error());
  const fs::path path = settings_.directory / ArchiveName{&table, row.range}.to_string();
  bool full = false;
  auto file = write_archive(connection, row.partition, table.order, path, [&] {
    const auto room = expect_room(settings_.directory, kReserveBytes);
    full = !room;
    return room;
  });
  if (!file && full) file.error().sqlstate = kDiskFull;
  if (!file) return fail(file.error());
  if (auto ended = transaction->commit(); !ended) return ended;
  row.content = std::move(file->content);
  row.path = path.string();
  row.sha256 = std::move(file->sha256);
  row.bytes = file->bytes;
  log::info("storage.partition_archived",
            {{"partition", row.partition}, {"rows", row.content.rows}, {"file", row.path}});
  return ArchiveRepository(connection).set_copied(row);
}

DbResult<void> PartitionArchiver::verify(Connection& connection, const ArchiveRow& row) {
  if (auto room = make_room_to_verify(connection, row); !room) return room;
  const auto limits = StatementLimits::set(connection, kBulkLimits);
  if (!limits) return fail(limits.error());
  const auto file = read_back(connection, row);
  if (!file && !is_fault_of_file(connection, file.error())) return fail(file.error());
  if (!file) return distrust(connection, row, file.error().message);
  if (*file != ArchiveFile{row.content, row.sha256, row.bytes}) {
    return distrust(connection, row, "it does not hold what the table holds");
  }
  return ArchiveRepository(connection).set_state(row, ArchiveState::kVerified);
}

DbResult<void> PartitionArchiver::drop(Connection& connection, const ArchiveRow& row) {
  std::error_code error;
  const auto size = fs::file_size(row.path, error);
  if (error || static_cast<std::int64_t>(size) != row.bytes) {
    return distrust(connection, row, error ? error.message() : "it has another size now");
  }
  auto dropped = ArchiveRepository(connection).drop(row);
  if (dropped) log::info("storage.partition_dropped", {{"partition", row.partition}});
  return dropped;
}

// How well the rows compress is known afterwards only: mostly to a sixth of the table. For those
// that do not, there is another look while the file grows. The table into which the file is read
// back takes as much as the partition, where the database's disk is the same.
DbResult<void> PartitionArchiver::make_room(Connection& connection, const ArchiveRow& row) {
  std::error_code error;
  fs::create_directories(settings_.directory, error);
  if (error) {
    return fail(
        refusal(ErrorCode::kUnavailable, settings_.directory.string() + ": " + error.message()));
  }
  const auto table = size_of(connection, row.partition);
  if (!table) return fail(table.error());
  const auto data = data_directory(connection);
  if (!data) return fail(data.error());
  const bool same_disk = *data && device_of(**data) == device_of(settings_.directory);
  return expect_disk(settings_.directory, *table / 4 + (same_disk ? *table : 0));
}

DbResult<void> PartitionArchiver::make_room_to_verify(Connection& connection,
                                                      const ArchiveRow& row) {
  const auto data = data_directory(connection);
  if (!data) return fail(data.error());
  if (!*data) return {};
  const auto table = size_of(connection, row.partition);
  if (!table) return fail(table.error());
  return expect_disk(**data, *table);
}

DbResult<void> PartitionArchiver::expect_disk(const fs::path& directory,
                                              std::uint64_t bytes) const {
  const auto room = expect_room(directory, bytes + kReserveBytes);
  if (room) return {};
  return fail(DbError{room.error(), std::string(kDiskFull), ""});
}

Result<void> PartitionArchiver::expect_room(const fs::path& directory, std::uint64_t bytes) const {
  const auto room = free_space_(directory);
  if (!room) return fail(room.error());
  if (*room >= bytes) return {};
  return fail(ErrorCode::kUnavailable,
              directory.string() + ": too little space for an archive, so the table stays: " +
                  std::to_string(*room) + " of " + std::to_string(bytes) + " bytes are free");
}

// The table is still there, so the file is written anew by the next run.
DbResult<void> PartitionArchiver::distrust(Connection& connection, const ArchiveRow& row,
                                           const std::string& why) {
  ++verify_failures_;
  log::error("storage.archive_damaged", {{"file", row.path}, {"why", why}});
  auto back = ArchiveRepository(connection).set_state(row, ArchiveState::kDetached);
  if (!back) return back;
  return fail(refusal(ErrorCode::kInvalid, row.path + ": " + why));
}

}  // namespace muster
