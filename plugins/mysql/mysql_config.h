// What an entry of the configuration says of a MariaDB or MySQL to ask, and its schema. Immutable.
#pragma once

#include <string>
#include <string_view>

#include "shared/database_config.h"

namespace mysql_probe {

const std::string& schema();

// role: "any", "primary" or "replica"
struct MysqlConfig : muster::probes::DatabaseConfig {
  explicit MysqlConfig(std::string_view json) : DatabaseConfig(muster::sdk::Config::parse(json)) {}
};

}  // namespace mysql_probe
