// Seals every stored credential anew that is not under the newest data key, in batches. A value
// that changed meanwhile is left to who changed it, so a daemon may run beside; interrupted, it is
// simply run again. On the caller's thread, over connections of muster_owner.
#pragma once

#include <functional>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/key_references.h"
#include "aggregator/storage/secret_box.h"

namespace muster {

class SecretRewrap {
 public:
  struct Progress {
    std::int64_t sealed = 0;
    std::int64_t unreadable = 0;  // left as they are
  };
  using Report = std::function<void(const SealedColumn& column, const Progress& so_far)>;

  SecretRewrap(ConnectionPool& pool, const SecretBox& secrets) : pool_(pool), secrets_(secrets) {}

  // `report` is told behind every batch. Returns the sum over all columns.
  Result<Progress> run(const Report& report);

 private:
  struct Batch;

  Result<Progress> run_column(const SealedColumn& column, const Report& report);
  Result<Batch> read(const SealedColumn& column, const std::string& head, const Uuid& after);
  Result<void> seal_anew(const SealedColumn& column, Batch& batch);
  Result<std::int64_t> write(const SealedColumn& column, const Batch& batch);

  ConnectionPool& pool_;
  const SecretBox& secrets_;
};

}  // namespace muster
