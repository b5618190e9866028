// Thread `upkeep`: what the database needs from time to time, on connections of its own. Now: the
// partitions, every five minutes, sooner again after a failure. Owned by the Aggregator.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "aggregator/storage/partition_worker.h"

namespace muster {

class Upkeep {
 public:
  // `also` is done in every round, before the partitions, which may take hours to archive. A task
  // that fails does not stop the next.
  using Tasks = std::vector<std::function<Result<void>()>>;
  Upkeep(PartitionWorkerSettings partitions, const Clock& clock, Tasks also);
  ~Upkeep();

  // What must be there before ingestion opens, on the caller's thread.
  void prepare() { partitions_.prepare(); }
  void start();
  void stop();

  PartitionWorker& partitions() { return partitions_; }
  const PartitionWorker& partitions() const { return partitions_; }

 private:
  void run();
  bool run_tasks() const;

  StopSignal stop_;
  PartitionWorker partitions_;
  const Tasks also_;
  std::thread thread_;
};

}  // namespace muster
