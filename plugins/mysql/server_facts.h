// What a few statements tell of a MariaDB or MySQL server, and how it is judged. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mysql_config.h"
#include "shared/report.h"

namespace mysql_probe {

// What a statement returned.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  // By a part of the column's name: MySQL and MariaDB name them differently.
  std::optional<std::string> find(std::string_view part_of_name, std::size_t row = 0) const;
  // Of a table of names and values.
  std::optional<double> number_of(std::string_view name) const;
};

// `status`: SHOW GLOBAL STATUS.
void judge_status(const MysqlConfig& config, const Table& status, double most,
                  muster::probes::Report& report);
void judge_read_only(bool read_only, muster::probes::Report& report);

// `status`: SHOW REPLICA STATUS, with a row for each channel. All must run, the slowest counts.
void judge_replication(const MysqlConfig& config, const Table& status,
                       muster::probes::Report& report);
// The account may not ask.
void judge_unseen_replication(const MysqlConfig& config, muster::probes::Report& report);

}  // namespace mysql_probe
