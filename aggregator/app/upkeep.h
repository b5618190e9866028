// Thread `upkeep`: what the database needs from time to time, on connections of its own. Now: the
// partitions, every five minutes, sooner again after a failure. Owned by the Aggregator.
#pragma once

#include <functional>
#include <thread>

#include "aggregator/storage/partition_worker.h"

namespace muster {

class Upkeep {
 public:
  // `also` is done in every round, before the partitions, which may take hours to archive.
  using Task = std::function<Result<void>()>;
  Upkeep(PartitionWorkerSettings partitions, const Clock& clock, Task also);
  ~Upkeep();

  // What must be there before ingestion opens, on the caller's thread.
  void prepare() { partitions_.prepare(); }
  void start();
  void stop();

  PartitionWorker& partitions() { return partitions_; }
  const PartitionWorker& partitions() const { return partitions_; }

 private:
  void run();

  StopSignal stop_;
  PartitionWorker partitions_;
  const Task also_;
  std::thread thread_;
};

}  // namespace muster
