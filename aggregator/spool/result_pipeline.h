// The way of results from the loops to the database, over the disk: the spool with its thread
// `spool` and the writer with its thread `writer`. Owned by the Aggregator. [main]
#pragma once

#include <memory>

#include "aggregator/spool/result_writer.h"
#include "aggregator/spool/spooler.h"

namespace muster {

struct PipelineSettings {
  std::filesystem::path directory;  // of the spool
  SpoolerSettings spool;
  ResultWriterSettings writer;
};

class ResultPipeline {
 public:
  // Finds what an earlier process left. kConflict when another one uses the directory.
  static Result<std::unique_ptr<ResultPipeline>> open(PipelineSettings settings,
                                                      std::unique_ptr<BatchStore> store,
                                                      const Clock& clock);

  void start();
  void stop();  // what came is stored, or left on disk, within the writer's stop_patience

  HealthSink& sink() { return spooler_; }
  const Spooler& spooler() const { return spooler_; }
  const ResultWriter& writer() const { return writer_; }
  const Backlog& backlog() const { return backlog_; }
  const LiveBatches& live() const { return live_; }

 private:
  ResultPipeline(PipelineSettings settings, SpoolDirectory directory,
                 std::unique_ptr<BatchStore> store, const Clock& clock);

  SpoolDirectory directory_;
  Backlog backlog_;
  LiveBatches live_;
  Spooler spooler_;
  ResultWriter writer_;
};

}  // namespace muster
