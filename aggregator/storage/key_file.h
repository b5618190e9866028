// The file of key-encryption keys, 0600: lines of `id:base64 of 32 bytes`. The first key wraps what
// is new, all of them open. Stateless; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster {

struct Kek {
  std::uint32_t id = 0;
  Secret bytes;
};

class KeyFile {
 public:
  explicit KeyFile(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }

  Result<bool> exists() const;
  Result<std::vector<Kek>> read() const;  // at least one

  // Makes a key of this id the first of the file, which is made when it is not there. Only for the
  // file's owner: one that changed hands could not be read by the daemon any more.
  Result<Kek> put_first(std::uint32_t id) const;

 private:
  const std::filesystem::path path_;
};

}  // namespace muster
