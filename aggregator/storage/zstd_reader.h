// Reads a zstd file in pieces, with bounded memory. A file that is cut short, damaged, or wants
// more memory than ours do, is an error before its end is reached. One owner, no locks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/sha256_stream.h"
#include "common/base/unique_fd.h"

struct ZSTD_DCtx_s;

namespace muster {

class ZstdReader {
 public:
  static Result<ZstdReader> open(const std::filesystem::path& path);

  // Valid until the next call; empty at the end.
  Result<std::string_view> next();

  // Of the file, once its end is reached.
  std::string sha256() { return sha256_.finish(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  ZstdReader(std::string name, UniqueFd fd);
  Result<bool> fill();  // false at the end of the file

  std::string name_;
  UniqueFd fd_;
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<char> in_;
  std::vector<char> out_;
  std::size_t in_size_ = 0;
  std::size_t in_at_ = 0;
  bool whole_ = true;  // the frame that was read last had its end
  Sha256Stream sha256_;
  std::uint64_t bytes_ = 0;
};

}  // namespace muster
