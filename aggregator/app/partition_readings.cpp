#include "aggregator/app/partition_readings.h"

namespace muster {
namespace {

using Series = Readings::SeriesList;

double seconds(WallTime::duration time) {
  return std::chrono::duration<double>(time).count();
}

// A gauge for each table, by what `read` says of it.
template <typename Read>
void add_by_table(Readings& readings, const PartitionWorker& worker, const std::string& name,
                  const std::string& help, Read read) {
  readings.add_gauges(name, help, [&worker, read] {
    Series series;
    const PartitionStatus status = worker.status();
    for (const auto& [table, found] : status.tables) {
      series.push_back({{{"table", table}}, static_cast<double>(read(found))});
    }
    return series;
  });
}

Series successes(const PartitionWorker& worker) {
  Series series;
  const PartitionStatus status = worker.status();
  for (const auto& [key, at] : status.last_success) {
    series.push_back(
        {{{"table", key.first}, {"step", key.second}}, seconds(at.time_since_epoch())});
  }
  return series;
}

Series failures(const PartitionWorker& worker) {
  Series series;
  const PartitionStatus status = worker.status();
  for (const auto& [key, count] : status.failures) {
    series.push_back({{{"step", key.first}, {"sqlstate", key.second}}, static_cast<double>(count)});
  }
  return series;
}

Series dictionary_bytes(const PartitionWorker& worker) {
  Series series;
  const PartitionStatus status = worker.status();
  for (const auto& [table, bytes] : status.dictionary_bytes) {
    series.push_back({{{"table", table}}, static_cast<double>(bytes)});
  }
  return series;
}

Series quarantine(const PartitionWorker& worker) {
  Series series;
  const PartitionStatus status = worker.status();
  for (const auto& [table, found] : status.tables) {
    for (const auto& [reason, count] : found.quarantined) {
      series.push_back({{{"table", table}, {"reason", reason}}, static_cast<double>(count)});
    }
  }
  return series;
}

}  // namespace

void add_partition_readings(Readings& readings, const PartitionWorker& worker, const Clock& clock) {
  using Table = PartitionStatus::Table;
  add_by_table(readings, worker, "muster_partition_ahead_seconds",
               "For how long from now a table has partitions without a gap.",
               [&clock](const Table& t) { return seconds(t.covered_until - clock.wall()); });
  add_by_table(readings, worker, "muster_partition_bytes",
               "What the partitions of a table take with their indexes.",
               [](const Table& t) { return t.bytes; });
  add_by_table(readings, worker, "muster_partition_count", "Partitions of a table.",
               [](const Table& t) { return t.partitions; });
  add_by_table(readings, worker, "muster_partition_detach_pending",
               "Partitions that are half detached and take no rows.",
               [](const Table& t) { return t.detach_pending; });
  readings.add_gauges("muster_dictionary_bytes",
                      "What the texts of checks and the series of custom metrics take.",
                      [&worker] { return dictionary_bytes(worker); });
  readings.add_gauges("muster_partition_quarantine_rows",
                      "Rows that are in no partition, by why they stay out.",
                      [&worker] { return quarantine(worker); });
  readings.add_gauges("muster_partition_maintenance_last_success_timestamp_seconds",
                      "When this daemon last did a step of partition maintenance for a table.",
                      [&worker] { return successes(worker); });
  readings.add_counters("muster_partition_maintenance_failures_total",
                        "Steps of partition maintenance that failed.",
                        [&worker] { return failures(worker); });
  readings.add_histogram("muster_partition_ddl_seconds",
                         "Time that statements took which lock partitions or their tables, with "
                         "their waits.",
                         worker.lock_waits());
  readings.add_counter("muster_partition_archive_verify_failures_total",
                       "Archives that did not hold what their partition holds.",
                       [&worker] { return static_cast<double>(worker.verify_failures()); });
}

}  // namespace muster
