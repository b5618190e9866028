// Where batches of results end up: the output of the spool, implemented by the database. Called by
// thread `writer`, give_up() by any.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "aggregator/spool/result_batch.h"

namespace muster {

struct StoredBatch {
  std::int64_t checks = 0;
  std::int64_t metrics = 0;
  std::int64_t custom_metrics = 0;
  std::int64_t series_refused = 0;  // custom metrics beyond what a server may have
  std::int64_t changes = 0;
  std::int64_t quarantined = 0;  // outside of all partitions
  std::int64_t late = 0;         // of a time that was rolled up already
  // How far the segment is stored now. Less than the batch's end: nothing of it was stored, because
  // its beginning had been before; offer the rest again.
  std::int64_t upto = 0;
};

struct StoreFailure : Error {
  bool refused = false;      // for its data: offered again it would be refused again
  bool unreachable = false;  // nothing was even offered
  std::string sqlstate;
};

template <typename T>
using StoreResult = tl::expected<T, StoreFailure>;

class BatchStore {
 public:
  virtual ~BatchStore() = default;

  // All of the batch, exactly once, or nothing.
  virtual StoreResult<StoredBatch> store(const ResultBatch& batch) = 0;

  // Puts aside a batch that store() refuses for its data; what it changed is told all the same.
  virtual StoreResult<StoredBatch> quarantine(const ResultBatch& batch,
                                              const std::string& reason) = 0;

  // How far a segment is stored; 0 when nothing of it is.
  virtual StoreResult<std::int64_t> stored_upto(const Uuid& segment) = 0;

  // The segment is gone for good, and nobody will ask for it again.
  virtual StoreResult<void> forget(const Uuid& segment) = 0;

  // We stop: a call that is under way fails soon, and so does every later one.
  virtual void give_up() = 0;
};

}  // namespace muster
