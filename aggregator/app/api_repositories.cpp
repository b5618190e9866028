#include "aggregator/app/api_repositories.h"

#include "aggregator/app/rollup_span.h"

namespace muster {

ApiRepositories::ApiRepositories(ConnectionPool& tenants, ConnectionPool& owners,
                                 const SecretBox& secrets, const Settings& settings)
    : servers(tenants, secrets),
      server_import(tenants, secrets),
      groups(tenants),
      group_members(tenants),
      history(tenants),
      metrics_history(tenants, rollup_span(settings)),
      availability(tenants, rollup_span(settings)),
      partitions(owners, settings.storage.tables),
      sessions(owners),
      audit(tenants, owners),
      idempotency(tenants, owners, secrets),
      events(tenants, owners) {}

}  // namespace muster
