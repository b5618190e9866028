// A folder's `lock` file, held as long as this lives, so that a second process on the same folder
// is refused. Move-only value.
#pragma once

#include <filesystem>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class FileLock {
 public:
  // kConflict when somebody else holds it.
  static Result<FileLock> take(const std::filesystem::path& file);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace muster
