// Where batches of results end up: the seam between collecting them (ResultWriter, later the
// spool) and keeping them. Called by thread `writer` only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aggregator/storage/db_error.h"
#include "aggregator/storage/result_row.h"

namespace muster {

struct ResultBatch {
  std::int64_t number = 0;  // rises; a batch offered again keeps it and is then stored once
  std::vector<ResultRow> rows;
};

struct StoredBatch {
  std::int64_t checks = 0;
  std::int64_t metrics = 0;
  std::int64_t changes = 0;
  std::int64_t quarantined = 0;  // outside of all partitions
};

class BatchStore {
 public:
  virtual ~BatchStore() = default;

  // All of the batch, exactly once, or nothing.
  virtual DbResult<StoredBatch> store(const ResultBatch& batch) = 0;

  // Puts aside a batch that store() refuses for its data.
  virtual DbResult<void> quarantine(const ResultBatch& batch, const std::string& reason) = 0;
};

}  // namespace muster
