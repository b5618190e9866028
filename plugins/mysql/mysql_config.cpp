#include "mysql_config.h"

#include "../client/gauge_limits.h"
#include "muster/config.hpp"

namespace mysql_probe {

const char kSchema[] = R"({
  "type": "object",
  "properties": {
    "host": {"type": "string", "format": "host", "description": "Name or address; without it, the server's."},
    "port": {"type": "integer", "format": "port", "default": 3306, "description": "TCP port."},
    "user": {"type": "string", "minLength": 1, "default": "muster", "description": "Account to log in as."},
    "password": {"type": "string", "x-muster-secret": true, "description": "Its password."},
    "database": {"type": "string", "description": "Database for the query; without it, none."},
    "sslmode": {
      "type": "string", "enum": ["disable", "require", "verify-full"], "default": "verify-full",
      "description": "require: TLS without looking at the certificate; disable: without TLS."
    },
    "sslrootcert": {
      "type": "string", "format": "path", "default": "/etc/ssl/certs/ca-certificates.crt",
      "description": "File with the authorities that are believed."
    },
    "role": {"type": "string", "enum": ["any", "primary", "replica"], "default": "any", "description": "What it must be; another is critical."},
    "connections_warning": {"type": "number", "minimum": 0, "maximum": 100, "default": 80, "description": "Percent of max_connections in use."},
    "connections_critical": {"type": "number", "minimum": 0, "maximum": 100, "default": 95, "description": "Percent of max_connections in use."},
    "replication_lag_warning": {"type": "string", "format": "duration", "description": "How far a replica may be behind."},
    "replication_lag_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "query": {"type": "string", "minLength": 1, "maxLength": 65536, "description": "A statement that returns one value. It runs in a read-only transaction."},
    "expect": {"type": "string", "description": "The text that the query must return."},
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

MysqlConfig::MysqlConfig(std::string_view json) {
  const auto config = muster::sdk::Config::parse(json);
  host = text_or_nothing(config, "host");
  port = static_cast<unsigned>(config.integer("port"));
  user = config.text("user");
  password = text_or_nothing(config, "password");
  database = text_or_nothing(config, "database");
  sslmode = config.text("sslmode");
  sslrootcert = config.text("sslrootcert");
  role = config.text("role");
  connections = plugin_client::number_limits(config, "connections");
  replication_lag = plugin_client::duration_limits(config, "replication_lag");
  query = plugin_client::SqlQuery::read(config);
}

}  // namespace mysql_probe
