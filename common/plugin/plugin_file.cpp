#include "common/plugin/plugin_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <string_view>

#include "common/base/file.h"
#include "common/base/sha256_stream.h"
#include "common/plugin/elf_check.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // since Linux 6.3; older kernels know no other kind
#endif

namespace muster {
namespace fs = std::filesystem;
namespace {

constexpr off_t kMostBytes = 256 * 1024 * 1024;

Error too_large() {
  return {ErrorCode::kInvalid, "larger than 256 MiB"};
}

tl::unexpected<Error> refuse(const fs::path& path, const std::string& why) {
  return fail(ErrorCode::kDenied, path.string() + " " + why);
}

Result<void> check_owner(const fs::path& path, const struct stat& found) {
  if (found.st_uid == 0 || found.st_uid == ::geteuid()) return {};
  return refuse(path, "belongs to account " + std::to_string(found.st_uid) +
                          ", who could replace the plugin; give it to root");
}

Result<void> check_mode(const fs::path& path, const struct stat& found) {
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return refuse(path, "can be written by others than its owner; chmod go-w it");
}

// The sticky bit keeps others from replacing what is in a folder, and not from adding to it: so it
// helps above the folder of the plugins, and not there, where each file that is added is loaded.
Result<void> check_folders(const fs::path& file) {
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0) return fail_errno(folder.string());
    if (auto good = check_owner(folder, found); !good) return good;
    const bool sticky = folder != file.parent_path() && (found.st_mode & S_ISVTX) != 0;
    if (auto good = check_mode(folder, found); !sticky && !good) return good;
    if (folder == folder.root_path()) return {};
  }
}

Result<UniqueFd> frozen_memory(const std::string& name) {
  UniqueFd memory(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
  if (!memory) memory = UniqueFd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return fail_errno("memfd_create");
  return memory;
}

// Returns the SHA-256 of what was copied. The file may grow meanwhile.
Result<std::string> copy(int from, int to) {
  Sha256Stream digest;
  std::array<char, 64 * 1024> block;
  for (off_t copied = 0; copied <= kMostBytes;) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0) return fail_errno("cannot be read");
    if (got == 0) return digest.finish();
    const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
    if (auto written = write_all(to, "the copy in memory", bytes); !written) {
      return fail(written.error());
    }
    digest.add(bytes);
    copied += got;
  }
  return fail(too_large());
}

// What somebody could still change would not be what was checked.
Result<void> seal(int memory) {
  const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (::fcntl(memory, F_ADD_SEALS, seals) != 0) return fail_errno("cannot be sealed");
  return {};
}

// Without waiting: what opens slowly, a pipe say, is no plugin.
Result<UniqueFd> open_checked(const fs::path& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0) return fail_errno("cannot be read");
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::kInvalid, "not a file");
  if (found.st_size > kMostBytes) return fail(too_large());
  auto trusted =
      check_owner(path, found).and_then([&] { return check_mode(path, found); }).and_then([&] {
        return check_folders(path);
      });
  if (!trusted) return fail(trusted.error());
  return file;
}

}  // namespace

Result<PluginFile> PluginFile::open(const fs::path& path) {
  const auto named = [&](const Error& error) { return fail(error.in(path.filename().string())); };
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return named({ErrorCode::kNotFound, error.message()});
  const auto file = open_checked(real);
  if (!file) return named(file.error());
  auto memory = frozen_memory(path.filename().string());
  if (!memory) return named(memory.error());
  auto sha256 = copy(file->get(), memory->get());
  if (!sha256) return named(sha256.error());
  if (auto sealed = seal(memory->get()); !sealed) return named(sealed.error());
  PluginFile frozen(path, std::move(*memory), std::move(*sha256));
  if (auto whole = check_shared_library(frozen.load_path()); !whole) return named(whole.error());
  return frozen;
}

}  // namespace muster
