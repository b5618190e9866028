// Which tables are partitioned by time, and for each how long a partition is and how long rows are
// kept. A new table is a line in kPartitionedTables; it then has partitions, retention, archives,
// settings and metrics like the others. Values.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/calendar_span.h"

namespace muster {

struct PartitionedTable {
  std::string_view name;
  std::string_view key;                 // in the settings `storage.partitions` and `.retention`
  std::string_view default_retention;   // a CalendarSpan
  std::string_view time_column = "ts";  // what it is partitioned by
  std::string_view order = "server_key, ts";  // in an archive: what repeats stands together
  bool has_quarantine = true;  // NAME_quarantine takes rows outside of all partitions
};

// What is made of other rows: none of it is ever out of range, because the range was made first.
constexpr PartitionedTable rollup_table(std::string_view name, std::string_view key,
                                        std::string_view default_retention,
                                        std::string_view order = "server_key, ts") {
  return {name, key, default_retention, "ts", order, false};
}

inline constexpr std::string_view kSeriesOrder = "server_key, series_id, ts";

inline constexpr std::array kPartitionedTables{
    PartitionedTable{"server_health_checks", "health_checks", "13 months"},
    rollup_table("server_health_5m", "health_5m", "6 months"),
    rollup_table("server_health_1h", "health_1h", "25 months"),
    rollup_table("server_health_1d", "health_1d", "10 years"),
    PartitionedTable{"server_metrics_aggregated", "metrics_1m", "3 months"},
    rollup_table("server_metrics_5m", "metrics_5m", "6 months"),
    rollup_table("server_metrics_1h", "metrics_1h", "25 months"),
    rollup_table("server_metrics_1d", "metrics_1d", "10 years"),
    PartitionedTable{"custom_metrics", "custom_1m", "3 months", "ts", kSeriesOrder},
    rollup_table("custom_metrics_5m", "custom_5m", "6 months", kSeriesOrder),
    rollup_table("custom_metrics_1h", "custom_1h", "25 months", kSeriesOrder),
    rollup_table("custom_metrics_1d", "custom_1d", "10 years", kSeriesOrder),
};

enum class PartitionPeriod { kMonthly, kWeekly, kDaily };

inline constexpr std::array<std::string_view, 3> kPartitionPeriodNames{"monthly", "weekly",
                                                                       "daily"};

constexpr std::string_view to_string(PartitionPeriod period) {
  return kPartitionPeriodNames[static_cast<std::size_t>(period)];
}

struct PartitionPolicy {
  const PartitionedTable* table = nullptr;
  PartitionPeriod period = PartitionPeriod::kMonthly;
  CalendarSpan retention;

  bool operator==(const PartitionPolicy&) const = default;
};

std::vector<PartitionPolicy> default_partition_policies();

}  // namespace muster
