// What the entries of the configuration for all databases have in common, and the schema of it.
// Immutable.
#pragma once

#include <string>
#include <string_view>

#include "muster/config.hpp"
#include "shared/limits.h"
#include "shared/sql_query.h"

namespace muster::probes {

struct DatabaseConfig {
  explicit DatabaseConfig(const sdk::Config& config);

  std::string host;  // empty: the server's
  std::uint16_t port;
  std::string user, password, database;
  std::string sslmode, sslrootcert;
  std::string role;
  Limits connections, replication_lag;
  SqlQuery query;
};

// The whole schema, with the properties that are a database's own.
std::string database_schema(std::string_view own);

}  // namespace muster::probes
