// What an entry of the configuration says of a PostgreSQL to ask, and the schema of it. Immutable.
#pragma once

#include <string>
#include <string_view>

#include "shared/database_config.h"

namespace postgres_probe {

const std::string& schema();

struct PostgresConfig : muster::probes::DatabaseConfig {
  explicit PostgresConfig(std::string_view json)
      : PostgresConfig(muster::sdk::Config::parse(json)) {}
  explicit PostgresConfig(const muster::sdk::Config& config);

  // role: "any", "primary" or "standby"
  std::int64_t fewest_standbys = 0;
  bool database_size = false;
  muster::probes::Limits replication_lag_bytes, transaction_age;
};

}  // namespace postgres_probe
