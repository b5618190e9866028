// Writes a zstd file in pieces, with bounded memory: first as PATH.part, which takes its name only
// when all of it is on the disk. Without finish() nothing is left. One owner, no locks.
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

struct ZSTD_CCtx_s;

namespace muster {

class ZstdWriter {
 public:
  struct Written {
    std::string sha256;  // of the file
    std::uint64_t bytes = 0;
  };

  static Result<ZstdWriter> create(std::filesystem::path path);
  ZstdWriter(ZstdWriter&&) = default;
  ZstdWriter& operator=(ZstdWriter&&) = delete;
  ~ZstdWriter();

  Result<void> write(std::string_view piece);
  Result<Written> finish();  // fsync, rename, fsync of the folder

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };

  ZstdWriter(std::filesystem::path path, UniqueFd fd);
  Result<void> flush_out(std::size_t size);
  std::string part_name() const { return path_.string() + ".part"; }

  std::filesystem::path path_;
  UniqueFd fd_;  // closed once finished
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<char> out_;
  Sha256Stream sha256_;
  std::uint64_t bytes_ = 0;
};

}  // namespace muster
