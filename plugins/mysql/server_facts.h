// What a few statements tell of a MariaDB or MySQL server, and how it is judged. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../client/report.h"
#include "mysql_config.h"

namespace mysql_probe {

// What a statement returned.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  // Of the first row, by a part of the column's name: MySQL and MariaDB name them differently.
  std::optional<std::string> find(std::string_view part_of_name) const;
  // Of a table of names and values.
  std::optional<double> number_of(std::string_view name) const;
};

void judge_connections(const MysqlConfig& config, const Table& status, double most,
                       plugin_client::Report& report);
void judge_read_only(bool read_only, plugin_client::Report& report);

// `status`: SHOW REPLICA STATUS.
void judge_replication(const MysqlConfig& config, const Table& status,
                       plugin_client::Report& report);
// The account may not ask.
void judge_unseen_replication(const MysqlConfig& config, plugin_client::Report& report);

}  // namespace mysql_probe
