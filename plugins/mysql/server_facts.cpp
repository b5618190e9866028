#include "server_facts.h"

#include <algorithm>

#include "shared/gauge_limits.h"
#include "shared/sql_query.h"

namespace mysql_probe {

using muster::probes::judge_measure;
using muster::probes::Limits;
using muster::probes::Report;

std::optional<std::string> Table::find(std::string_view part_of_name, std::size_t row) const {
  for (std::size_t i = 0; i < columns.size() && row < rows.size(); ++i) {
    if (columns[i].find(part_of_name) != std::string::npos) return rows[row][i];
  }
  return std::nullopt;
}

std::optional<double> Table::number_of(std::string_view name) const {
  for (const auto& row : rows) {
    if (row.size() == 2 && row[0] == name && row[1]) return muster::probes::to_number(*row[1]);
  }
  return std::nullopt;
}

void judge_status(const MysqlConfig& config, const Table& status, double most, Report& report) {
  const auto connected = status.number_of("Threads_connected");
  const auto uptime = status.number_of("Uptime");
  if (!connected || !uptime || most <= 0) {
    report.add_part("status", MUSTER_UNKNOWN, "the server does not tell it");
  }
  if (const auto running = status.number_of("Threads_running")) {
    report.add_metric("threads_running", *running);
  }
  if (uptime) report.add_metric("uptime_seconds", *uptime);
  if (connected && most > 0) {
    muster::probes::judge_connections(*connected, most, config.connections, report);
  }
}

void judge_read_only(bool read_only, Report& report) {
  report.add_metric("read_only", read_only ? 1 : 0);
}

namespace {

void judge_role(const MysqlConfig& config, bool replica, Report& report) {
  if (config.role == "any") return;
  const bool right = (config.role == "replica") == replica;
  report.add_part("role", right ? MUSTER_OK : MUSTER_CRITICAL,
                  right     ? ""
                  : replica ? "it is a replica"
                            : "it is no replica");
}

// What is told of the channels together.
struct Channels {
  bool running = true;    // all of them
  bool lag_known = true;  // that of each
  std::optional<double> greatest_lag;

  explicit Channels(const Table& status) {
    for (std::size_t row = 0; row < status.rows.size(); ++row) {
      running = running && status.find("_IO_Running", row) == "Yes" &&
                status.find("_SQL_Running", row) == "Yes";
      const auto lag = muster::probes::to_number(status.find("Seconds_Behind_", row).value_or(""));
      lag_known = lag_known && lag;
      if (lag) greatest_lag = std::max(greatest_lag.value_or(0), *lag);
    }
  }
};

}  // namespace

void judge_replication(const MysqlConfig& config, const Table& status, Report& report) {
  judge_role(config, !status.rows.empty(), report);
  if (status.rows.empty()) return;
  const Channels channels(status);
  report.add_metric("replication_running", channels.running ? 1 : 0);
  if (!channels.running) {
    if (channels.greatest_lag) {
      report.add_metric("replication_lag_seconds", *channels.greatest_lag);
    }
    return report.add_part("replication", MUSTER_CRITICAL, "it does not run");
  }
  const Limits& limits = config.replication_lag;
  const double lag = channels.greatest_lag.value_or(0);
  if (!channels.lag_known && limits.judge(lag) == MUSTER_OK) {
    return report.add_part("replication", MUSTER_UNKNOWN, "its lag is not known");
  }
  judge_measure(report, "replication", "replication_lag_seconds", lag, limits,
                "the replica is behind");
  if (!limits.any()) report.add_part("replication", MUSTER_OK);
}

void judge_unseen_replication(const MysqlConfig& config, Report& report) {
  if (config.role == "any" && !config.replication_lag.any()) return;
  report.add_part("replication", MUSTER_UNKNOWN,
                  "the account may not see it: GRANT REPLICA MONITOR (MariaDB) or REPLICATION "
                  "CLIENT (MySQL)");
}

}  // namespace mysql_probe
