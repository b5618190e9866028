// What an entry of the configuration says of a PostgreSQL to ask, and the schema of it. Immutable.
#pragma once

#include <string>
#include <string_view>

#include "../client/limits.h"
#include "../client/sql_query.h"

namespace postgres_probe {

extern const char kSchema[];

struct PostgresConfig {
  explicit PostgresConfig(std::string_view json);

  std::string host;  // empty: the server's
  std::string port;
  std::string user, password, database;
  std::string sslmode, sslrootcert;
  std::string role;  // "any", "primary" or "standby"
  std::int64_t fewest_standbys = 0;
  bool database_size = false;
  plugin_client::Limits connections, replication_lag, replication_lag_bytes, transaction_age;
  plugin_client::SqlQuery query;
};

}  // namespace postgres_probe
