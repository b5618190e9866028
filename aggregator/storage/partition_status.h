// What the partition worker has found and done, for /metrics and the API. A value; the worker hands
// out copies.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "aggregator/storage/quarantine_drain.h"
#include "common/base/clock.h"

namespace muster {

struct PartitionStatus {
  struct Table {
    WallTime covered_until;  // the end of the partitions without a gap from now on
    std::int64_t partitions = 0;
    std::int64_t detach_pending = 0;
    std::int64_t bytes = 0;  // with indexes
    QuarantineCounts quarantined;
  };

  using TableStep = std::pair<std::string, std::string>;
  using StepSqlstate = std::pair<std::string, std::string>;  // "none": not PostgreSQL's error

  std::map<std::string, Table> tables;
  std::map<std::string, std::int64_t> dictionary_bytes;  // what the facts name, with indexes
  std::map<TableStep, WallTime> last_success;            // only by this daemon
  std::map<StepSqlstate, std::uint64_t> failures;
};

}  // namespace muster
