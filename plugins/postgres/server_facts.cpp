#include "server_facts.h"

#include "../client/gauge_limits.h"
#include "../client/sql_query.h"

namespace postgres_probe {

using plugin_client::judge_measure;
using plugin_client::Report;

// While nothing happens on a primary its standbys replay nothing: a standby that has replayed all
// it received from a connected primary is not behind.
const char kFactsSql[] = R"(
SELECT pg_is_in_recovery(),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections'),
       (SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
       CASE WHEN NOT pg_is_in_recovery() THEN
              (SELECT extract(epoch FROM max(coalesce(replay_lag, interval '0')))
                 FROM pg_stat_replication WHERE state = 'streaming')
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
       CASE WHEN pg_is_in_recovery() THEN
              greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0)
            ELSE (SELECT greatest(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)
                    FROM pg_stat_replication WHERE state = 'streaming') END,
       (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'),
       EXISTS (SELECT FROM pg_stat_wal_receiver),
       CASE WHEN $1::boolean THEN pg_database_size(current_database()) END
)";

namespace {

void judge_role(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  report.add_metric("in_recovery", facts.in_recovery ? 1 : 0);
  if (config.role == "any") return;
  const bool right = (config.role == "standby") == facts.in_recovery;
  report.add_part("role", right ? MUSTER_OK : MUSTER_CRITICAL,
                  right               ? ""
                  : facts.in_recovery ? "it is a standby"
                                      : "it is a primary");
}

void judge_connections(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  report.add_metric("connections", facts.connections);
  report.add_metric("connections_max", facts.most_connections);
  if (facts.most_connections <= 0) return;
  judge_measure(report, "connections", "connections_used_percent",
                100 * facts.connections / facts.most_connections, config.connections,
                "most of max_connections are in use");
}

void judge_replication(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  const char* const behind = facts.in_recovery ? "the standby is behind" : "a standby is behind";
  if (facts.lag_bytes) {
    judge_measure(report, "replication bytes", "replication_lag_bytes", *facts.lag_bytes,
                  config.replication_lag_bytes, behind);
  }
  if (facts.lag_seconds) {
    judge_measure(report, "replication", "replication_lag_seconds", *facts.lag_seconds,
                  config.replication_lag, behind);
  }
  if (facts.in_recovery) {
    if (!facts.lag_seconds && config.replication_lag.any()) {
      report.add_part("replication", MUSTER_UNKNOWN, "it has replayed no transaction yet");
    }
    report.add_metric("replication_receiving", facts.receiving ? 1 : 0);
    return;
  }
  report.add_metric("standbys", facts.standbys);
  if (config.fewest_standbys == 0) return;
  const bool enough = facts.standbys >= static_cast<double>(config.fewest_standbys);
  report.add_part("standbys", enough ? MUSTER_OK : MUSTER_CRITICAL,
                  enough ? "" : "it streams to too few of them");
}

}  // namespace

ServerFacts ServerFacts::read(const Column& column) {
  const auto number = [&column](int index) -> std::optional<double> {
    const auto text = column(index);
    return text ? plugin_client::to_number(*text) : std::nullopt;
  };
  ServerFacts facts;
  facts.in_recovery = column(0) == "t";
  facts.connections = number(1).value_or(0);
  facts.most_connections = number(2).value_or(0);
  facts.oldest_transaction_seconds = number(3);
  facts.lag_seconds = number(4);
  facts.lag_bytes = number(5);
  facts.standbys = number(6).value_or(0);
  facts.receiving = column(7) == "t";
  facts.database_bytes = number(8);
  return facts;
}

void judge_facts(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  judge_role(config, facts, report);
  judge_connections(config, facts, report);
  judge_replication(config, facts, report);
  judge_measure(report, "transactions", "transaction_age_max_seconds",
                facts.oldest_transaction_seconds.value_or(0), config.transaction_age,
                "a transaction is open for too long");
  if (facts.database_bytes) report.add_metric("database_size_bytes", *facts.database_bytes);
}

}  // namespace postgres_probe
