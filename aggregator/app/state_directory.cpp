#include "aggregator/app/state_directory.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace muster {
namespace fs = std::filesystem;

Result<StateDirectory> StateDirectory::open(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) {
    return fail(ErrorCode::kDenied, "state_dir " + path.string() + ": " + error.message());
  }
  if (::mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) {
    return fail_errno("state_dir " + path.string());
  }
  auto lock =
      FileLock::take(path / "lock", "another musterd already uses the state_dir " + path.string());
  if (!lock) return fail(lock.error());
  return StateDirectory(path, std::move(*lock));
}

}  // namespace muster
