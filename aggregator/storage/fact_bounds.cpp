#include "aggregator/storage/fact_bounds.h"

#include <algorithm>
#include <utility>

#include "aggregator/storage/partition_catalog.h"

namespace muster {
namespace {

bool contain(const FactBounds::Ranges& ranges, WallTime time) {
  return std::ranges::any_of(ranges, [&](const TimeRange& range) { return range.contains(time); });
}

}  // namespace

DbResult<void> FactBounds::read(Connection& connection) {
  for (const auto& [table, ranges] : {std::pair("server_health_checks", &checks_),
                                      std::pair("server_metrics_aggregated", &metrics_),
                                      std::pair("custom_metrics", &custom_metrics_)}) {
    auto read = partition_bounds(connection, table);
    if (!read) return fail(read.error());
    *ranges = std::move(*read);
  }
  return {};
}

DbResult<void> FactBounds::read_for(Connection& connection, const std::vector<ResultRow>& rows) {
  if (std::ranges::all_of(rows, [this](const ResultRow& row) { return take_all_of(row); })) {
    return {};
  }
  return read(connection);
}

bool FactBounds::takes_check_at(WallTime time) const {
  return contain(checks_, time);
}

bool FactBounds::take_all_of(const ResultRow& row) const {
  return contain(checks_, row.at) && (!row.metrics || contain(metrics_, row.at)) &&
         (!row.custom_metrics || contain(custom_metrics_, row.at));
}

}  // namespace muster
