// Names for /metrics what the stages count. [main], once at start.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "aggregator/app/rollup_thread.h"
#include "aggregator/export/readings.h"
#include "aggregator/ownfault/canary_watch.h"
#include "aggregator/probing/probing_counters.h"
#include "aggregator/schedule/schedule_counters.h"
#include "aggregator/spool/result_pipeline.h"
#include "aggregator/storage/secret_upkeep.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"

namespace muster {

struct ReloadState {
  std::atomic<bool> successful{true};
  std::atomic<std::int64_t> last_success_unix_s{0};
};

void add_build_readings(Readings& readings, ReloadState& reload);
void add_schedule_readings(Readings& readings, const ScheduleCounters& counters);
void add_probing_readings(Readings& readings, const ProbingCounters& counters);
void add_spool_readings(Readings& readings, const ResultPipeline& pipeline);
void add_writer_readings(Readings& readings, const ResultWriter& writer);
void add_rollup_readings(Readings& readings, const RollupReadings& rollups, const Clock& clock);
void add_secret_readings(Readings& readings, const SecretUpkeep& secrets);
void add_own_fault_readings(Readings& readings, const OwnFault& fault, const CanaryWatch& canaries);
void add_loop_readings(Readings& readings, const EventLoop& loop,
                       const std::function<bool()>& stuck);
void add_http_readings(Readings& readings, const HttpClient& http, const std::string& loop);

}  // namespace muster
