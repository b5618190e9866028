#include "shared/database_config.h"

#include "shared/gauge_limits.h"

namespace muster::probes {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object",
  "properties": {
    "host": {"type": "string", "format": "host", "description": "Name or address; without it, the server's."},
    "password": {"type": "string", "x-muster-secret": true, "description": "Its password."},
    "sslrootcert": {
      "type": "string", "format": "path", "default": "/etc/ssl/certs/ca-certificates.crt",
      "description": "File with the authorities that are believed."
    },
    "connections_warning": {"type": "number", "minimum": 0, "maximum": 100, "default": 80, "description": "Percent of max_connections in use."},
    "connections_critical": {"type": "number", "minimum": 0, "maximum": 100, "default": 95, "description": "Percent of max_connections in use."},
    "query": {"type": "string", "minLength": 1, "maxLength": 65536, "description": "A statement that returns one value. It runs in a read-only transaction."},
    "warning_above": {"type": "number", "description": "Limits for the query's value."},
    "warning_below": {"type": "number", "description": "Limits for the query's value."},
    "critical_above": {"type": "number", "description": "Limits for the query's value."},
    "critical_below": {"type": "number", "description": "Limits for the query's value."},
)";

}  // namespace

DatabaseConfig::DatabaseConfig(const sdk::Config& config)
    : host(config.text_or("host", "")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      user(config.text("user")),
      password(config.text_or("password", "")),
      database(config.text_or("database", "")),
      sslmode(config.text("sslmode")),
      sslrootcert(config.text("sslrootcert")),
      role(config.text("role")),
      connections(number_limits(config, "connections")),
      replication_lag(duration_limits(config, "replication_lag")),
      query(SqlQuery::read(config)) {}

std::string database_schema(std::string_view own) {
  return std::string(kSchema) + std::string(own) + "\n  }\n}";
}

}  // namespace muster::probes
