#include "aggregator/spool/result_pipeline.h"

#include <utility>

namespace muster {

Result<std::unique_ptr<ResultPipeline>> ResultPipeline::open(PipelineSettings settings,
                                                             std::unique_ptr<BatchStore> store,
                                                             const Clock& clock) {
  auto directory = SpoolDirectory::open(settings.directory);
  if (!directory) return fail(directory.error());
  const auto left = directory->segments();
  if (!left) return fail(left.error());
  std::unique_ptr<ResultPipeline> pipeline(
      new ResultPipeline(std::move(settings), std::move(*directory), std::move(store), clock));
  for (const SealedSegment& segment : *left) pipeline->backlog_.add(segment);
  return pipeline;
}

// Half of what may wait in memory waits before the disk, half behind it.
ResultPipeline::ResultPipeline(PipelineSettings settings, SpoolDirectory directory,
                               std::unique_ptr<BatchStore> store, const Clock& clock)
    : directory_(std::move(directory)),
      live_(settings.spool.queue_rows / 2, settings.writer.batch_rows),
      spooler_(settings.spool, directory_, live_, backlog_),
      writer_(settings.writer, {directory_, live_, backlog_, spooler_.counters()}, std::move(store),
              clock) {}

void ResultPipeline::start() {
  spooler_.start();
  writer_.start();
}

void ResultPipeline::stop() {
  spooler_.stop();
  writer_.stop();
}

}  // namespace muster
