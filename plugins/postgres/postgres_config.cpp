#include "postgres_config.h"

#include "shared/gauge_limits.h"

namespace postgres_probe {
namespace {

constexpr const char* kOwn =
    R"(    "port": {"type": "integer", "format": "port", "default": 5432, "description": "TCP port."},
    "user": {"type": "string", "minLength": 1, "default": "muster", "description": "Role to log in as; pg_monitor lets it see all there is."},
    "database": {"type": "string", "minLength": 1, "default": "postgres", "description": "Database to connect to."},
    "sslmode": {
      "type": "string", "enum": ["disable", "require", "verify-ca", "verify-full"], "default": "verify-full",
      "description": "TLS as libpq names it; require does not look at the certificate, disable is without TLS."
    },
    "role": {"type": "string", "enum": ["any", "primary", "standby"], "default": "any", "description": "What it must be; another is critical."},
    "standbys": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "A primary that streams to fewer is critical."},
    "replication_lag_warning": {"type": "string", "format": "duration", "description": "How far a standby may be behind; on a primary, its slowest one."},
    "replication_lag_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "replication_lag_bytes_warning": {"type": "number", "minimum": 0, "description": "The same in bytes of WAL that are not replayed."},
    "replication_lag_bytes_critical": {"type": "number", "minimum": 0, "description": "The same, critical."},
    "transaction_age_warning": {"type": "string", "format": "duration", "description": "Age of the oldest open transaction."},
    "transaction_age_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "database_size": {"type": "boolean", "default": false, "description": "Whether the size of the database is measured, which reads its directory."},
    "expect": {"type": "string", "description": "The text that the query must return; a boolean is t or f."})";

}  // namespace

const std::string& schema() {
  static const std::string made = muster::probes::database_schema(kOwn);
  return made;
}

PostgresConfig::PostgresConfig(const muster::sdk::Config& config)
    : DatabaseConfig(config),
      fewest_standbys(config.integer("standbys")),
      database_size(config.boolean("database_size")),
      replication_lag_bytes(muster::probes::number_limits(config, "replication_lag_bytes")),
      transaction_age(muster::probes::duration_limits(config, "transaction_age")) {}

}  // namespace postgres_probe
