// Brings an archive back as a partition of its table, so that the API shows its rows again.
// Retention leaves it alone for a while; then it goes the way of all old partitions once more.
// [main] of a command, on a PartitionSession's connection.
#pragma once

#include <chrono>
#include <filesystem>

#include "aggregator/storage/archive_name.h"
#include "aggregator/storage/connection.h"

namespace muster {

struct RestoredPartition {
  ArchiveName archive;
  std::int64_t rows = 0;
  WallTime keep_until;
};

inline constexpr std::chrono::days kKeepRestored{30};

// All or nothing. Refused when there are rows of that time in the database, and when the file does
// not hold what was archived.
Result<RestoredPartition> restore_archive(Connection& connection, const std::filesystem::path& file,
                                          WallTime now);

}  // namespace muster
