// The folder in which the daemon keeps what outlives it. Made when missing (others may pass
// through, as the account of the embedded database must, but not look), and locked, so that a
// second daemon on the same folder is refused. Owned by the Aggregator. [main]
#pragma once

#include <filesystem>

#include "common/base/file_lock.h"
#include "common/base/result.h"

namespace muster {

class StateDirectory {
 public:
  static Result<StateDirectory> open(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return path_; }

 private:
  StateDirectory(std::filesystem::path path, FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  FileLock lock_;
};

}  // namespace muster
