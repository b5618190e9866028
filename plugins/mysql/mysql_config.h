// What an entry of the configuration says of a MariaDB or MySQL to ask, and its schema. Immutable.
#pragma once

#include <string>
#include <string_view>

#include "../client/limits.h"
#include "../client/sql_query.h"

namespace mysql_probe {

extern const char kSchema[];

struct MysqlConfig {
  explicit MysqlConfig(std::string_view json);

  std::string host;  // empty: the server's
  unsigned port;
  std::string user, password, database;
  std::string sslmode, sslrootcert;
  std::string role;  // "any", "primary" or "replica"
  plugin_client::Limits connections, replication_lag;
  plugin_client::SqlQuery query;
};

}  // namespace mysql_probe
