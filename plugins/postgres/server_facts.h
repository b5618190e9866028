// What one statement tells of a PostgreSQL server, and how it is judged. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "postgres_config.h"
#include "shared/report.h"

namespace postgres_probe {

// $1: whether the size of the database is wanted. Each function is asked only where it may be.
extern const char kFactsSql[];

struct ServerFacts {
  bool in_recovery = false;
  double connections = 0;
  double most_connections = 0;
  std::optional<double> oldest_transaction_seconds;
  std::optional<double> lag_seconds;  // of this standby, or of a primary's slowest one
  std::optional<double> lag_bytes;
  std::optional<double> standbys;  // that a primary streams to; nothing: we may not see them
  bool receiving = false;          // a standby has a connection to its primary
  std::optional<double> database_bytes;

  // `column` gives the text of the row; nothing where it is NULL.
  using Column = std::function<std::optional<std::string>(int)>;
  static ServerFacts read(const Column& column);
};

void judge_facts(const PostgresConfig& config, const ServerFacts& facts,
                 muster::probes::Report& report);

}  // namespace postgres_probe
