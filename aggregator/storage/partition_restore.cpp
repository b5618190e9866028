#include "aggregator/storage/partition_restore.h"

#include <optional>

#include "aggregator/storage/archive_file.h"
#include "aggregator/storage/partition_ddl.h"
#include "aggregator/storage/statement_limits.h"
#include "aggregator/storage/transaction.h"

namespace muster {
namespace {

DbError refusal(std::string message) {
  return {{ErrorCode::kConflict, std::move(message)}, "", ""};
}

DbResult<void> expect_free(Connection& connection, const ArchiveName& archive) {
  const auto partitions = partitions_of(connection, archive.table->name);
  if (!partitions) return fail(partitions.error());
  for (const Partition& partition : *partitions) {
    if (!partition.range.overlaps(archive.range)) continue;
    return fail(refusal("there is a partition of that time: " + partition.name));
  }
  return {};
}

DbResult<void> expect_dropped(const std::optional<ArchiveRow>& known) {
  if (!known || known->state == ArchiveState::kDropped || known->state == ArchiveState::kRestored) {
    return {};
  }
  return fail(refusal("its rows are still in the database: " + known->partition + " is " +
                      std::string(to_string(known->state))));
}

DbResult<ArchiveFile> load(Connection& connection, const ArchiveName& archive,
                           const std::filesystem::path& file,
                           const std::optional<ArchiveRow>& known) {
  if (auto made = create_apart(connection, *archive.table, archive.range); !made) {
    return fail(made.error());
  }
  auto loaded = load_archive(connection, partition_path(*archive.table, archive.range), file);
  if (!loaded) return loaded;
  const bool differs = known && !known->path.empty() && known->content != loaded->content;
  if (differs) return fail(refusal("the file does not hold the rows that were archived"));
  return loaded;
}

DbResult<RestoredPartition> restore(Connection& connection, const ArchiveName& archive,
                                    const std::filesystem::path& file, WallTime now) {
  const auto limits = StatementLimits::set(connection, kBulkLimits);
  if (!limits) return fail(limits.error());
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  ArchiveRepository archives(connection);
  const auto known = archives.find(archive.table->name, archive.range);
  if (!known) return fail(known.error());
  if (auto dropped = expect_dropped(*known); !dropped) return fail(dropped.error());
  if (auto free = expect_free(connection, archive); !free) return fail(free.error());
  auto loaded = load(connection, archive, file, *known);
  if (!loaded) return fail(loaded.error());
  if (auto attached = attach(connection, *archive.table, archive.range); !attached) {
    return fail(attached.error());
  }
  ArchiveRow row{std::string(archive.table->name), archive.range,
                 partition_path(*archive.table, archive.range)};
  row.content = loaded->content;
  row.path = file.string();
  row.sha256 = loaded->sha256;
  row.bytes = loaded->bytes;
  row.keep_until = now + kKeepRestored;
  if (auto noted = archives.set_restored(row); !noted) return fail(noted.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return RestoredPartition{archive, row.content.rows, *row.keep_until};
}

}  // namespace

Result<RestoredPartition> restore_archive(Connection& connection, const std::filesystem::path& file,
                                          WallTime now) {
  const auto archive = ArchiveName::parse(file.filename().string());
  if (!archive) {
    return fail(ErrorCode::kInvalid,
                file.string() + ": is not named as archives are, TABLE.FROM.TO.csv.zst");
  }
  auto restored = restore(connection, *archive, file, now);
  if (!restored) return fail(Error(restored.error()).in(file.string()));
  return *restored;
}

}  // namespace muster
