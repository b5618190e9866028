#include "server_facts.h"

#include <algorithm>

#include "../client/gauge_limits.h"
#include "../client/sql_query.h"

namespace mysql_probe {

using plugin_client::judge_measure;
using plugin_client::Report;

std::optional<std::string> Table::find(std::string_view part_of_name) const {
  for (std::size_t i = 0; i < columns.size() && !rows.empty(); ++i) {
    if (columns[i].find(part_of_name) != std::string::npos) return rows.front()[i];
  }
  return std::nullopt;
}

std::optional<double> Table::number_of(std::string_view name) const {
  for (const auto& row : rows) {
    if (row.size() == 2 && row[0] == name && row[1]) return plugin_client::to_number(*row[1]);
  }
  return std::nullopt;
}

void judge_connections(const MysqlConfig& config, const Table& status, double most,
                       Report& report) {
  const double connected = status.number_of("Threads_connected").value_or(0);
  report.add_metric("connections", connected);
  report.add_metric("connections_max", most);
  report.add_metric("threads_running", status.number_of("Threads_running").value_or(0));
  report.add_metric("uptime_seconds", status.number_of("Uptime").value_or(0));
  if (most <= 0) return;
  judge_measure(report, "connections", "connections_used_percent", 100 * connected / most,
                config.connections, "most of max_connections are in use");
}

void judge_read_only(bool read_only, Report& report) {
  report.add_metric("read_only", read_only ? 1 : 0);
}

void judge_replication(const MysqlConfig& config, const Table& status, Report& report) {
  const bool replica = !status.rows.empty();
  if (config.role != "any") {
    const bool right = (config.role == "replica") == replica;
    report.add_part("role", right ? MUSTER_OK : MUSTER_CRITICAL,
                    right     ? ""
                    : replica ? "it is a replica"
                              : "it is no replica");
  }
  if (!replica) return;
  const bool running = status.find("_IO_Running") == "Yes" && status.find("_SQL_Running") == "Yes";
  report.add_metric("replication_running", running ? 1 : 0);
  const auto behind = status.find("Seconds_Behind_");
  const auto seconds = behind ? plugin_client::to_number(*behind) : std::nullopt;
  if (!running) {
    if (seconds) report.add_metric("replication_lag_seconds", *seconds);
    return report.add_part("replication", MUSTER_CRITICAL, "it does not run");
  }
  if (!seconds) return report.add_part("replication", MUSTER_UNKNOWN, "its lag is not known");
  judge_measure(report, "replication", "replication_lag_seconds", *seconds, config.replication_lag,
                "the replica is behind");
  if (!config.replication_lag.any()) report.add_part("replication", MUSTER_OK);
}

void judge_unseen_replication(const MysqlConfig& config, Report& report) {
  if (config.role == "any" && !config.replication_lag.any()) return;
  report.add_part("replication", MUSTER_UNKNOWN,
                  "the account may not see it: GRANT REPLICA MONITOR (MariaDB) or REPLICATION "
                  "CLIENT (MySQL)");
}

}  // namespace mysql_probe
