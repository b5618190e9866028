// The `storage:` section: how the history is cut into partitions, how long it is kept, and what
// becomes of it then. A value.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/calendar_span.h"
#include "common/config/node.h"
#include "common/model/partition_policy.h"

namespace muster {

struct StorageSettings {
  std::vector<PartitionPolicy> tables = default_partition_policies();
  CalendarSpan events{.months = std::chrono::months(13)};  // how long they are kept
  bool archive = true;
  std::filesystem::path archive_directory;

  bool operator==(const StorageSettings&) const = default;
};

std::string storage_schema();

StorageSettings read_storage(const Node& section, const std::filesystem::path& state_dir);

}  // namespace muster
