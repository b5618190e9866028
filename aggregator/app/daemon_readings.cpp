#include "aggregator/app/daemon_readings.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace muster {
namespace {

template <typename Number>
Readings::Read value_of(const std::atomic<Number>& number) {
  return [&number] { return static_cast<double>(number.load(std::memory_order_relaxed)); };
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The second field of statm(5): resident pages.
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void add_build_readings(Readings& readings, ReloadState& reload) {
  readings.add_gauge("muster_build_info", "Always 1; the version is in the label.",
                     [] { return 1.0; }, {{"version", MUSTER_VERSION}});
  readings.add_gauge("muster_config_last_reload_successful",
                     "1 if the configuration in use is the newest one that was asked for.",
                     value_of(reload.successful));
  readings.add_gauge("muster_config_last_reload_success_timestamp_seconds",
                     "When the configuration was last reloaded; 0 if not since the start.",
                     value_of(reload.last_success_unix_s));
  readings.add_counter("process_cpu_seconds_total", "User and system CPU time of the daemon.",
                       cpu_seconds);
  readings.add_gauge("process_resident_memory_bytes", "Resident memory of the daemon.",
                     resident_bytes);
}

void add_schedule_readings(Readings& readings, const ScheduleCounters& counters) {
  readings.add_gauge("muster_checks_scheduled", "Pairs of a server and a probe that is for it.",
                     value_of(counters.checks));
  readings.add_counter("muster_checks_started_total", "Checks that were started.",
                       value_of(counters.started));
  const std::string help = "Slots in which no check was started, by reason.";
  const auto add = [&](const char* reason, const std::atomic<std::uint64_t>& count) {
    readings.add_counter("muster_slots_skipped_total", help, value_of(count), {{"reason", reason}});
  };
  add("overrun", counters.skipped_overrun);
  add("overload", counters.skipped_overload);
  add("budget", counters.skipped_budget);
  add("breaker", counters.skipped_breaker);
  add("stopped", counters.skipped_stopped);
  readings.add_histogram("muster_check_lateness_seconds", "From the slot of a check to its start.",
                         counters.lateness);
  readings.add_gauge("muster_check_lateness_max_seconds", "The latest start since the daemon's.",
                     [&counters] { return counters.lateness.max(); });
}

void add_probing_readings(Readings& readings, const ProbingCounters& counters) {
  for (std::size_t reason = 0; reason < counters.results.size(); ++reason) {
    readings.add_counter("muster_check_results_total",
                         "Results by the reason why a server was not found well.",
                         value_of(counters.results[reason]),
                         {{"reason", std::string(to_string(static_cast<FailureReason>(reason)))}});
  }
  readings.add_gauge("muster_checks_in_flight", "Checks that were started and have no result yet.",
                     value_of(counters.in_flight));
  readings.add_histogram("muster_check_duration_seconds",
                         "From the start of a check to its result.", counters.duration);
  for (std::size_t phase = 0; phase < counters.phases.size(); ++phase) {
    readings.add_histogram(
        "muster_check_phase_duration_seconds", "How long the parts of checks took that had them.",
        counters.phases[phase], {{"phase", std::string(ProbingCounters::kPhases[phase])}});
  }
}

void add_spool_readings(Readings& readings, const ResultPipeline& pipeline) {
  const SpoolCounters& counters = pipeline.spooler().counters();
  readings.add_gauge("muster_spool_queued_rows", "Results that wait to be written to the spool.",
                     [&pipeline] { return static_cast<double>(pipeline.spooler().queued()); });
  readings.add_counter("muster_spool_rows_total", "Results that were safe on disk.",
                       value_of(counters.rows_kept));
  readings.add_counter("muster_spool_memory_rows_total",
                       "Results that went on in memory alone, because the disk failed.",
                       value_of(counters.rows_in_memory));
  const std::string dropped = "Results dropped, by what was full.";
  const std::string name = "muster_spool_dropped_rows_total";
  readings.add_counter(name, dropped, value_of(counters.dropped_queue), {{"full", "queue"}});
  readings.add_counter(name, dropped, value_of(counters.dropped_memory), {{"full", "memory"}});
  readings.add_counter(name, dropped, value_of(counters.dropped_full), {{"full", "disk"}});
  readings.add_counter("muster_spool_failures_total", "Times the disk of the spool failed.",
                       value_of(counters.failures));
  readings.add_counter("muster_spool_damages_total", "Places of the spool that cannot be read.",
                       value_of(counters.damages));
  readings.add_counter("muster_spool_torn_bytes_total",
                       "Bytes of results that were being written when the daemon was killed.",
                       value_of(counters.torn_bytes));
  readings.add_gauge("muster_spool_durable", "Whether results go to disk before the database.",
                     [&counters] { return counters.durable ? 1.0 : 0.0; });
  readings.add_gauge("muster_spool_behind", "Whether new results wait on disk for the writer.",
                     [&counters] { return counters.behind ? 1.0 : 0.0; });
  readings.add_gauge("muster_spool_backlog_bytes", "What waits on disk to be read again.",
                     [&pipeline] { return static_cast<double>(pipeline.backlog().bytes()); });
  readings.add_gauge("muster_writer_queued_rows", "Results that wait in memory for the writer.",
                     [&pipeline] { return static_cast<double>(pipeline.live().rows()); });
  readings.add_histogram("muster_spool_sync_seconds", "How long appending and fdatasync took.",
                         counters.sync_seconds);
}

void add_writer_readings(Readings& readings, const ResultWriter& writer) {
  const WriterCounters& counters = writer.counters();
  const std::string rows_help = "Rows that went to PostgreSQL, by table.";
  readings.add_counter("muster_writer_rows_total", rows_help, value_of(counters.checks_written),
                       {{"table", "server_health_checks"}});
  readings.add_counter("muster_writer_rows_total", rows_help, value_of(counters.metrics_written),
                       {{"table", "server_metrics_aggregated"}});
  readings.add_counter("muster_writer_rows_total", rows_help,
                       value_of(counters.custom_metrics_written), {{"table", "custom_metrics"}});
  readings.add_counter("muster_writer_refused_readings_total",
                       "Readings of custom metrics of servers that have too many series.",
                       value_of(counters.series_refused));
  readings.add_counter("muster_writer_batches_total", "Batches that were committed.",
                       value_of(counters.batches_written));
  readings.add_counter("muster_writer_quarantined_rows_total",
                       "Rows put aside because no partition takes them or their data is refused.",
                       value_of(counters.rows_quarantined));
  readings.add_counter("muster_writer_late_rows_total",
                       "Checks of a time that was rolled up already; it is done again for them.",
                       value_of(counters.rows_late));
  readings.add_counter("muster_writer_lost_rows_total",
                       "Results that neither the database nor the disk took.",
                       value_of(counters.rows_lost));
  readings.add_counter("muster_writer_failures_total", "Batches that PostgreSQL refused at first.",
                       value_of(counters.store_failures));
  readings.add_gauge("muster_writer_last_success_timestamp_seconds",
                     "When a batch was last committed; 0 if not since the start.", [&counters] {
                       return static_cast<double>(counters.last_success_unix_us) / 1e6;
                     });
}

void add_rollup_readings(Readings& readings, const RollupReadings& rollups, const Clock& clock) {
  for (const auto& [name, level] : rollups.levels) {
    const Readings::Labels labels{{"rollup", name}};
    readings.add_gauge(
        "muster_rollup_lag_seconds",
        "How far the end of a level of the rollups lies back; 0 while there is none.",
        [&level = level, &clock] {
          const auto now = std::chrono::duration<double>(clock.wall().time_since_epoch()).count();
          return level.upto_unix_s == 0 ? 0.0 : now - static_cast<double>(level.upto_unix_s);
        },
        labels);
    readings.add_gauge("muster_rollup_dirty_buckets",
                       "Entries of buckets to be computed again because facts came late.",
                       value_of(level.dirty_buckets), labels);
  }
  readings.add_gauge("muster_rollup_last_success_timestamp_seconds",
                     "When all rollups were last brought up to date; 0 if not since the start.",
                     value_of(rollups.last_success_unix_s));
  readings.add_counters("muster_rollup_failures_total",
                        "Rounds of the rollups that failed, by SQLSTATE.", [&rollups] {
                          Readings::SeriesList list;
                          for (const auto& [sqlstate, count] : rollups.failures.counts()) {
                            list.push_back({{{"sqlstate", sqlstate}}, count});
                          }
                          return list;
                        });
}

void add_secret_readings(Readings& readings, const SecretUpkeep& secrets) {
  readings.add_gauges(
      "muster_secret_kek_refs",
      "Data keys and credentials that need a key of the key file; its line may be "
      "removed when there are none.",
      [&secrets] {
        Readings::SeriesList series;
        for (const auto& [kek, count] : secrets.needed_keks()) {
          series.push_back({{{"kek", std::to_string(kek)}}, static_cast<double>(count)});
        }
        return series;
      });
}

void add_own_fault_readings(Readings& readings, const OwnFault& fault,
                            const CanaryWatch& canaries) {
  for (const auto kind : {OwnFaultKind::kNetwork, OwnFaultKind::kDns, OwnFaultKind::kDescriptors}) {
    const Readings::Labels labels{{"kind", std::string(to_string(kind))}};
    readings.add_gauge(
        "muster_own_fault", "1 while a fault of this daemon keeps it from seeing its servers.",
        [&fault, kind] { return fault.kind() == kind ? 1.0 : 0.0; }, labels);
    readings.add_counter(
        "muster_own_faults_total", "Faults of this daemon that began.",
        [&fault, kind] { return static_cast<double>(fault.begun(kind)); }, labels);
  }
  for (std::size_t i = 0; i < canaries.size(); ++i) {
    readings.add_gauge("muster_canary_up", "Whether a canary answered when it was last asked.",
                       [&canaries, i] { return canaries.up(i) ? 1.0 : 0.0; },
                       {{"canary", canaries.name(i)}});
  }
}

void add_loop_readings(Readings& readings, const EventLoop& loop,
                       const std::function<bool()>& stuck) {
  const Readings::Labels labels{{"loop", loop.name()}};
  readings.add_gauge(
      "muster_loop_stuck", "1 while a loop does not turn.", [stuck] { return stuck() ? 1.0 : 0.0; },
      labels);
  readings.add_counter(
      "muster_loop_busy_seconds_total", "CPU time of a loop's thread.",
      [&loop] { return loop.cpu_seconds(); }, labels);
  readings.add_counter(
      "muster_loop_stalls_total", "Times at which a loop stood still for more than half a second.",
      [&loop] { return static_cast<double>(loop.stalls()); }, labels);
}

void add_http_readings(Readings& readings, const HttpClient& http, const std::string& loop) {
  readings.add_gauge("muster_connections_open", "Connections to servers, idle ones included.",
                     [&http] { return static_cast<double>(http.open_connections()); },
                     {{"loop", loop}});
  const auto add = [&](const char* outcome, const std::atomic<std::uint64_t>& count) {
    readings.add_counter("muster_dns_lookups_total",
                         "Names of servers, by how they were resolved: from the cache, by asking, "
                         "by an expired entry because nobody answered, not at all.",
                         value_of(count), {{"loop", loop}, {"outcome", outcome}});
  };
  add("hit", http.dns_counters().hits);
  add("miss", http.dns_counters().misses);
  add("stale", http.dns_counters().stale);
  add("failure", http.dns_counters().failures);
}

}  // namespace muster
