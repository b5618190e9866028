#include "aggregator/app/pipeline_setup.h"

#include <algorithm>

namespace muster {
namespace {

constexpr std::chrono::seconds kWriterPatience{4};
// At least so many batches fit into the queue, half of which waits before the disk and half behind
// it.
constexpr std::size_t kBatchesInQueue = 4;

}  // namespace

PipelineSettings pipeline_setup(const Settings& settings) {
  PipelineSettings wanted;
  wanted.directory = settings.spool.directory;
  wanted.spool.queue_rows = settings.writer.queue;
  wanted.spool.batch_rows = wanted.writer.batch_rows =
      std::min(settings.writer.batch_rows, settings.writer.queue / kBatchesInQueue);
  wanted.spool.sync_every = settings.spool.sync_every;
  wanted.spool.most_bytes = settings.spool.size_bytes;
  if (!settings.spool.drop_oldest) wanted.spool.when_full = WhenSpoolFull::kKeepOldest;
  wanted.writer.batch_delay = settings.writer.batch_delay;
  wanted.writer.stop_patience = kWriterPatience;
  return wanted;
}

}  // namespace muster
