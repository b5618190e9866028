// The folder in which the daemon keeps what outlives it. Made when missing (others may pass
// through, as the account of the embedded database must, but not look), and locked, so that a
// second daemon on the same folder is refused. Owned by the Aggregator. [main]
#pragma once

#include <filesystem>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class StateDirectory {
 public:
  static Result<StateDirectory> open(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return path_; }

 private:
  StateDirectory(std::filesystem::path path, UniqueFd lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  UniqueFd lock_;
};

}  // namespace muster
