#include "mysql_config.h"

namespace mysql_probe {
namespace {

constexpr const char* kOwn =
    R"(    "port": {"type": "integer", "format": "port", "default": 3306, "description": "TCP port."},
    "user": {"type": "string", "minLength": 1, "default": "muster", "description": "Account to log in as."},
    "database": {"type": "string", "description": "Database for the query; without it, none."},
    "sslmode": {
      "type": "string", "enum": ["disable", "require", "verify-full"], "default": "verify-full",
      "description": "require: TLS without looking at the certificate; disable: without TLS."
    },
    "role": {"type": "string", "enum": ["any", "primary", "replica"], "default": "any", "description": "What it must be; another is critical."},
    "replication_lag_warning": {"type": "string", "format": "duration", "description": "How far a replica may be behind; of several channels, the slowest."},
    "replication_lag_critical": {"type": "string", "format": "duration", "description": "The same, critical."},
    "expect": {"type": "string", "description": "The text that the query must return."})";

}  // namespace

const std::string& schema() {
  static const std::string made = muster::probes::database_schema(kOwn);
  return made;
}

}  // namespace mysql_probe
