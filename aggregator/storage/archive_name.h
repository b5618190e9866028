// The name of an archive says all that is needed to restore it, so a file can come back into a
// database that never heard of it: TABLE.FROM.TO.csv.zst. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aggregator/storage/partition_planner.h"

namespace muster {

struct ArchiveName {
  const PartitionedTable* table = nullptr;
  TimeRange range;

  std::string to_string()
      const;  // "server_health_checks.20261101T000000Z.20261201T000000Z.csv.zst"
  static std::optional<ArchiveName> parse(std::string_view file_name);
};

// The table of this name among the partitioned ones; null: there is none.
const PartitionedTable* find_partitioned_table(std::string_view name);

}  // namespace muster
