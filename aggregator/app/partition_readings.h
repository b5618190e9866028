// Names for /metrics what the partition worker finds and does. [main], once at start.
#pragma once

#include "aggregator/export/readings.h"
#include "aggregator/storage/partition_worker.h"

namespace muster {

void add_partition_readings(Readings& readings, const PartitionWorker& worker, const Clock& clock);

}  // namespace muster
