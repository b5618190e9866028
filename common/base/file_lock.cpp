#include "common/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

namespace muster {

Result<FileLock> FileLock::take(const std::filesystem::path& file, const std::string& taken) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return fail_errno(file.string());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kConflict, taken);
  }
  return FileLock(std::move(fd));
}

}  // namespace muster
