// The `spool:` section: where results are safe until the database has them. A value.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "common/config/node.h"

namespace muster {

struct SpoolSettings {
  std::filesystem::path directory;
  std::int64_t size_bytes = std::int64_t{2} << 30;
  bool drop_oldest = true;  // when that is reached; false: what is there stays
  std::chrono::milliseconds sync_every{100};

  bool operator==(const SpoolSettings&) const = default;
};

extern const std::string_view kSpoolSchema;

SpoolSettings read_spool(const Node& section, const std::filesystem::path& state_dir);

}  // namespace muster
