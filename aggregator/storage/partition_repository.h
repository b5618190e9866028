// What there is of partitions and archives, for people to look at. Thread-safe.
#pragma once

#include <vector>

#include "aggregator/storage/archive_repository.h"
#include "aggregator/storage/connection_pool.h"
#include "common/model/partition_policy.h"

namespace muster {

struct PartitionListing {
  struct Item {
    std::string name;
    TimeRange range;
    bool detach_pending = false;
    std::int64_t bytes = 0;         // with indexes
    std::int64_t row_estimate = 0;  // PostgreSQL's; -1: not counted yet
  };

  PartitionPolicy policy;
  std::vector<Item> partitions;
  std::vector<ArchiveRow> archives;
};

class PartitionRepository {
 public:
  explicit PartitionRepository(ConnectionPool& pool,
                               std::vector<PartitionPolicy> tables = default_partition_policies())
      : pool_(pool), tables_(std::move(tables)) {}

  Result<std::vector<PartitionListing>> list();

 private:
  ConnectionPool& pool_;
  const std::vector<PartitionPolicy> tables_;
};

}  // namespace muster
