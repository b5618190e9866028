// The table partition_archive: how far each partition has come on its way from its parent to a file
// and out of the database. A thin class over the connection that it borrows. [upkeep]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/storage/partition_catalog.h"

namespace muster {

enum class ArchiveState { kDetaching, kDetached, kCopied, kVerified, kDropped, kRestored };

std::string_view to_string(ArchiveState state);

struct ArchiveContent {
  std::int64_t rows = 0;
  std::string hash;  // a number of any length

  bool operator==(const ArchiveContent&) const = default;
};

struct ArchiveRow {
  std::string table;
  TimeRange range;
  std::string partition;  // where it is now, as Partition::name
  ArchiveState state = ArchiveState::kDetaching;
  ArchiveContent content;
  std::string path;  // of the file; empty: none
  std::string sha256;
  std::int64_t bytes = 0;
  std::optional<WallTime> keep_until;
  WallTime changed_at;
};

class ArchiveRepository {
 public:
  explicit ArchiveRepository(Connection& connection) : connection_(connection) {}

  DbResult<std::vector<ArchiveRow>> of(std::string_view table);
  DbResult<std::optional<ArchiveRow>> find(std::string_view table, const TimeRange& range);

  // Before anything is done to the partition, so that it cannot be forgotten. Refused when that
  // time was archived before and not restored since: its file would be written over.
  DbResult<void> begin(std::string_view table, const Partition& partition);
  DbResult<void> forget(const ArchiveRow& row);
  DbResult<void> set_state(const ArchiveRow& row, ArchiveState state);
  // Out of the way of readers and writers, in one transaction with the state.
  DbResult<void> move_away(const ArchiveRow& row);
  DbResult<void> set_copied(const ArchiveRow& row);  // with the content and the file of `row`
  DbResult<void> drop(const ArchiveRow& row);
  // It is a partition again, which retention leaves alone until then.
  DbResult<void> set_restored(const ArchiveRow& row);

 private:
  DbResult<std::vector<ArchiveRow>> select(const std::string& condition, const Params& params);

  Connection& connection_;
};

}  // namespace muster
