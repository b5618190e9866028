// A table written to a file and read back, with what tells whether both are equal: the number of
// rows and a hash that does not depend on their order. Memory is bounded, whatever the size. Free
// functions on the connection that they are given, inside of a transaction. [upkeep]
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "aggregator/storage/archive_repository.h"

namespace muster {

struct ArchiveFile {
  ArchiveContent content;
  std::string sha256;
  std::int64_t bytes = 0;

  bool operator==(const ArchiveFile&) const = default;
};

// The transaction should be REPEATABLE READ, so that all of it sees the same rows. `go_on` is asked
// again and again while it is written; its refusal ends it, and the connection with it.
DbResult<ArchiveFile> write_archive(Connection& connection, const std::string& table,
                                    std::string_view order, const std::filesystem::path& path,
                                    const std::function<Result<void>()>& go_on);

// Into an empty table. Without a SQLSTATE the failure is the file's or the network's.
DbResult<ArchiveFile> load_archive(Connection& connection, const std::string& table,
                                   const std::filesystem::path& path);

}  // namespace muster
