// An archive as COPY reads it: CSV whose first line names the columns, which may be fewer or stand
// in another order than the table has now. One owner, no locks. [upkeep]
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "aggregator/storage/zstd_reader.h"

namespace muster {

class ArchiveStream {
 public:
  static Result<ArchiveStream> open(const std::filesystem::path& path);

  const std::string& columns() const { return columns_; }  // "ts, server_key": plain names only
  Result<std::string_view> next();  // behind the first line; empty at the end

  std::string sha256() { return file_.sha256(); }
  std::uint64_t bytes() const { return file_.bytes(); }

 private:
  explicit ArchiveStream(ZstdReader file) : file_(std::move(file)) {}
  Result<void> read_header();

  ZstdReader file_;
  std::string columns_;
  std::string first_rows_;  // what came together with the first line
  std::string given_;       // what next() gave out of them
};

}  // namespace muster
