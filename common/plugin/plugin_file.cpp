#include "common/plugin/plugin_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>

#include "common/base/sha256_stream.h"
#include "common/plugin/elf_check.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // since Linux 6.3; older kernels know no other kind
#endif

namespace muster {
namespace fs = std::filesystem;
namespace {

constexpr off_t kMostBytes = 256 * 1024 * 1024;

tl::unexpected<Error> refuse(const fs::path& path, const std::string& why) {
  return fail(ErrorCode::kDenied, path.string() + " " + why);
}

// `owner`: of the plugin itself, who could change it anyway.
Result<void> check_writers(const fs::path& path, const struct stat& found, uid_t owner) {
  if (found.st_uid != 0 && found.st_uid != ::geteuid() && found.st_uid != owner) {
    return refuse(path, "belongs to account " + std::to_string(found.st_uid) +
                            ", who could replace the plugin; give it to root");
  }
  const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
  if (!sticky && (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse(path, "can be written by others than its owner; chmod go-w it");
  }
  return {};
}

Result<void> check_folders(const fs::path& file, uid_t owner) {
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0) return fail_errno(folder.string());
    if (auto good = check_writers(folder, found, owner); !good) return good;
    if (folder == folder.root_path()) return {};
  }
}

Result<UniqueFd> frozen_memory(const std::string& name) {
  UniqueFd memory(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
  if (!memory) memory = UniqueFd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return fail_errno("memfd_create");
  return memory;
}

// Returns the SHA-256 of what was copied.
Result<std::string> copy(int from, int to) {
  Sha256Stream digest;
  std::array<char, 64 * 1024> block;
  while (true) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0) return fail_errno("cannot be read");
    if (got == 0) return digest.finish();
    if (::write(to, block.data(), static_cast<std::size_t>(got)) != got) {
      return fail_errno("cannot be copied into memory");
    }
    digest.add({block.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

Result<PluginFile> PluginFile::open(const fs::path& path) {
  const auto named = [&](const Error& error) { return fail(error.in(path.filename().string())); };
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return named({ErrorCode::kNotFound, error.message()});
  const UniqueFd file(::open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0) {
    return named(fail_errno("cannot be read").value());
  }
  if (!S_ISREG(found.st_mode)) return named({ErrorCode::kInvalid, "not a file"});
  if (found.st_size > kMostBytes) return named({ErrorCode::kInvalid, "larger than 256 MiB"});
  auto trusted = check_writers(real, found, found.st_uid).and_then([&] {
    return check_folders(real, found.st_uid);
  });
  if (!trusted) return named(trusted.error());

  auto memory = frozen_memory(path.filename().string());
  if (!memory) return named(memory.error());
  auto sha256 = copy(file.get(), memory->get());
  if (!sha256) return named(sha256.error());
  ::fcntl(memory->get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  PluginFile frozen(path, std::move(*memory), std::move(*sha256));
  if (auto whole = check_shared_library(frozen.load_path()); !whole) return named(whole.error());
  return frozen;
}

}  // namespace muster
