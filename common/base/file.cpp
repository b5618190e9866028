#include "common/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/base/unique_fd.h"

namespace muster {
namespace {

constexpr std::size_t kMostSecretBytes = 64 * 1024;

Result<std::string> read_all(int fd, const std::string& name, std::size_t most_bytes) {
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(name);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > most_bytes) {
      return fail(ErrorCode::kInvalid,
                  name + ": larger than " + std::to_string(most_bytes) + " bytes");
    }
  }
}

// systemd lets a service read its credentials by an ACL, which shows as the group's permissions;
// nobody else reaches their folder.
bool is_credential(const std::filesystem::path& path) {
  const char* const folder = ::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && path.parent_path() == folder;
}

}  // namespace

Result<void> write_all(int fd, const std::string& name, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(name);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail_errno(path.string());
  return read_all(fd.get(), path.string(), most_bytes);
}

Result<Secret> read_secret_file(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat stat {};
  if (!fd || ::fstat(fd.get(), &stat) != 0) return fail_errno(path.string());
  const mode_t forbidden = is_credential(path) ? S_IRWXO : S_IRWXG | S_IRWXO;
  if ((stat.st_mode & forbidden) != 0) {
    return fail(ErrorCode::kDenied, path.string() +
                                        ": group or others may access this secret file; run "
                                        "chmod 600 on it");
  }
  auto content = read_all(fd.get(), path.string(), kMostSecretBytes);
  if (!content) return fail(content.error());
  while (!content->empty() && (content->back() == '\n' || content->back() == '\r')) {
    content->pop_back();
  }
  return Secret(std::move(*content));
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const std::string part = path.string() + ".part";
  ::unlink(part.c_str());  // left by a crash, perhaps with another mode
  {
    const UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd) return fail_errno(part);
    if (auto written = write_all(fd.get(), part, content); !written) return written;
    if (::fsync(fd.get()) != 0) return fail_errno(part);
  }
  if (::rename(part.c_str(), path.c_str()) != 0) return fail_errno(path.string());
  return sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return fail_errno(directory.string());
  return {};
}

}  // namespace muster
