// A folder's `lock` file, held as long as this lives, so that a second process on the same folder
// is refused. Move-only value.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class FileLock {
 public:
  // kConflict, in the words of `taken`, when somebody else holds it.
  static Result<FileLock> take(const std::filesystem::path& file, const std::string& taken);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace muster
