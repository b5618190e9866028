#include "aggregator/storage/summary_repository.h"

#include "aggregator/storage/tenant.h"

namespace muster {

Result<FleetSummary> SummaryRepository::fleet(OrganizationKey organization) {
  std::string sql =
      "SELECT servers_total, servers_active, servers_in_maintenance, servers_disabled";
  for (const std::string_view state : kHealthStateNames) sql += ", health_" + std::string(state);
  auto rows = exec_as_tenant(pool_, organization, sql + " FROM v_fleet_summary WHERE org_id = $1",
                             {organization});
  if (!rows) return fail(rows.error());
  FleetSummary summary;
  if (rows->empty()) return summary;  // no server yet
  summary.total = rows->integer(0, 0);
  summary.active = rows->integer(0, 1);
  summary.maintenance = rows->integer(0, 2);
  summary.disabled = rows->integer(0, 3);
  for (std::size_t i = 0; i < summary.by_health.size(); ++i) {
    summary.by_health[i] = rows->integer(0, 4 + static_cast<int>(i));
  }
  return summary;
}

}  // namespace muster
