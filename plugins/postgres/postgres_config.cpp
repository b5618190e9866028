#include "postgres_config.h"

#include "../client/gauge_limits.h"
#include "muster/config.hpp"

namespace postgres_probe {

const char kSchema[] = R"({
  "type": "object",
  "properties": {
    "host": {"type": "string", "format": "host", "description": "Name or address; without it, the server's."},
    "port": {"type": "integer", "format": "port", "default": 5432, "description": "TCP port."},
    "user": {"type": "string", "minLength": 1, "default": "muster", "description": "Role to log in as; pg_monitor lets it see all there is."},
    "password": {"type": "string", "x-muster-secret": true, "description": "Its password."},
    "database": {"type": "string", "minLength": 1, "default": "postgres", "description": "Database to connect to."},
    "sslmode": {
      "type": "string", "enum": ["disable", "require", "verify-ca", "verify-full"], "default": "verify-full",
      "description": "TLS as libpq names it; require does not look at the certificate, disable is without TLS."
    },
    "sslrootcert": {
      "type": "string", "format": "path", "default": "/etc/ssl/certs/ca-certificates.crt",
      "description": "File with the authorities that are believed."
    },
    "role": {"type": "string", "enum": ["any", "primary", "standby"], "default": "any", "description": "What it must be; another is critical."},
    "standbys": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "A primary that streams to fewer is critical."},
    "connections_warning": {"type": "number", "minimum": 0, "maximum": 100, "default": 80, "description": "Percent of max_connections in use."},
    "connections_critical": {"type": "number", "minimum": 0, "maximum": 100, "default": 95, "description": "Percent of max_connections in use."},
    "replication_lag_warning": {"type": "string", "format": "duration", "description": "How far a standby may be behind; on a primary, its slowest one."},
    "replication_lag_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "replication_lag_bytes_warning": {"type": "number", "minimum": 0, "description": "The same in bytes of WAL that are not replayed."},
    "replication_lag_bytes_critical": {"type": "number", "minimum": 0, "description": "The same, critical."},
    "transaction_age_warning": {"type": "string", "format": "duration", "description": "Age of the oldest open transaction."},
    "transaction_age_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "database_size": {"type": "boolean", "default": false, "description": "Whether the size of the database is measured, which reads its directory."},
    "query": {"type": "string", "minLength": 1, "maxLength": 65536, "description": "A statement that returns one value. It runs in a read-only transaction."},
    "expect": {"type": "string", "description": "The text that the query must return; a boolean is t or f."},
    "warning_above": {"type": "number", "description": "Limits for the query's value."},
    "warning_below": {"type": "number", "description": "Limits for the query's value."},
    "critical_above": {"type": "number", "description": "Limits for the query's value."},
    "critical_below": {"type": "number", "description": "Limits for the query's value."}
  }
})";

namespace {

std::string text_or_nothing(const muster::sdk::Config& config, const char* key) {
  return config.has(key) ? config.text(key) : std::string();
}

}  // namespace

PostgresConfig::PostgresConfig(std::string_view json) {
  const auto config = muster::sdk::Config::parse(json);
  host = text_or_nothing(config, "host");
  port = std::to_string(config.integer("port"));
  user = config.text("user");
  password = text_or_nothing(config, "password");
  database = config.text("database");
  sslmode = config.text("sslmode");
  sslrootcert = config.text("sslrootcert");
  role = config.text("role");
  fewest_standbys = config.integer("standbys");
  database_size = config.boolean("database_size");
  connections = plugin_client::number_limits(config, "connections");
  replication_lag = plugin_client::duration_limits(config, "replication_lag");
  replication_lag_bytes = plugin_client::number_limits(config, "replication_lag_bytes");
  transaction_age = plugin_client::duration_limits(config, "transaction_age");
  query = plugin_client::SqlQuery::read(config);
}

}  // namespace postgres_probe
