// The bytes of one plugin, trusted and frozen: opened once, checked on the open descriptor, copied
// into memory that nobody can change, and loaded from there. So what is loaded is what was checked,
// and a file that is overwritten while it is in use harms nobody. Move-only value.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster {

class PluginFile {
 public:
  // Refuses, in words, what somebody else than root or this account could write: the file, its
  // folder, and every folder above (in one with the sticky bit only an entry's owner can replace
  // it); and what is no whole shared library for this machine.
  static Result<PluginFile> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::string& sha256() const { return sha256_; }  // of the bytes, to tell a changed file by
  int fd() const { return fd_.get(); }
  UniqueFd release() { return std::move(fd_); }

  // What the dynamic loader opens; valid while fd() is.
  std::string load_path() const { return "/proc/self/fd/" + std::to_string(fd()); }

 private:
  PluginFile(std::filesystem::path path, UniqueFd fd, std::string sha256)
      : path_(std::move(path)), fd_(std::move(fd)), sha256_(std::move(sha256)) {}

  std::filesystem::path path_;
  UniqueFd fd_;
  std::string sha256_;
};

}  // namespace muster
