#include "aggregator/app/command_database.h"

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/embedded_postgres.h"

namespace muster {

Result<ConnectionSettings> command_database(const Settings& settings) {
  if (!settings.database.url.empty()) {
    return ConnectionSettings{settings.database.url.reveal()}.as(kOwnerRole);
  }
  const auto conninfo = EmbeddedPostgres::running_connection_string(settings.database.embedded);
  if (!conninfo) return fail(conninfo.error());
  return ConnectionSettings{*conninfo}.as(kOwnerRole);
}

}  // namespace muster
