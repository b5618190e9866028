#include "common/model/partition_policy.h"

namespace muster {

std::vector<PartitionPolicy> default_partition_policies() {
  std::vector<PartitionPolicy> policies;
  for (const PartitionedTable& table : kPartitionedTables) {
    policies.push_back(
        {&table, PartitionPeriod::kMonthly, parse_calendar_span(table.default_retention).value()});
  }
  return policies;
}

}  // namespace muster
