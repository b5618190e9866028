// Leads detached partitions to their end, a state at a time: copied to a file, the file read back
// and compared, and only then dropped. Whatever interrupts it, the next run goes on at the state
// that the partition's row in partition_archive names. [upkeep]
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "aggregator/storage/archive_repository.h"

namespace muster {

struct PartitionArchiveSettings {
  bool enabled = true;  // false: what is detached is dropped
  std::filesystem::path directory;
};

class PartitionArchiver {
 public:
  using FreeSpace = std::function<Result<std::uint64_t>(const std::filesystem::path&)>;

  explicit PartitionArchiver(PartitionArchiveSettings settings, FreeSpace free_space = free_bytes);

  // All of a table's. One that fails keeps its table and does not stop the others. One for which a
  // disk has no room is left alone for 5 minutes, then for twice as long each time, up to a day.
  DbResult<void> run(Connection& connection, const PartitionedTable& table);

  // One state further: detached, copied, verified, dropped. Other states stay.
  DbResult<void> advance(Connection& connection, const PartitionedTable& table,
                         const ArchiveRow& row);

  std::uint64_t verify_failures() const { return verify_failures_; }

  static Result<std::uint64_t> free_bytes(const std::filesystem::path& directory);

 private:
  DbResult<void> finish(Connection& connection, const PartitionedTable& table, ArchiveRow row);
  DbResult<void> copy(Connection& connection, const PartitionedTable& table, ArchiveRow row);
  DbResult<void> verify(Connection& connection, const ArchiveRow& row);
  DbResult<void> drop(Connection& connection, const ArchiveRow& row);
  DbResult<void> make_room(Connection& connection, const ArchiveRow& row);
  DbResult<void> make_room_to_verify(Connection& connection, const ArchiveRow& row);
  DbResult<void> expect_disk(const std::filesystem::path& directory, std::uint64_t bytes) const;
  Result<void> expect_room(const std::filesystem::path& directory, std::uint64_t bytes) const;
  void note_room(const ArchiveRow& row, const DbResult<void>& outcome);
  bool rests(const ArchiveRow& row) const;
  DbResult<void> distrust(Connection& connection, const ArchiveRow& row, const std::string& why);

  struct Rest {
    std::chrono::seconds length{0};
    std::chrono::steady_clock::time_point until;
  };

  const PartitionArchiveSettings settings_;
  const FreeSpace free_space_;
  std::map<std::pair<std::string, WallTime>, Rest> resting_;  // for want of room, by table and time
  std::atomic<std::uint64_t> verify_failures_{0};
};

}  // namespace muster
