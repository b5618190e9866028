#include "server_facts.h"

#include "shared/gauge_limits.h"
#include "shared/sql_query.h"

namespace postgres_probe {

using muster::probes::judge_measure;
using muster::probes::Limits;
using muster::probes::Report;

// While nothing happens on a primary its standbys replay nothing: a standby that has replayed all
// it received from a connected primary is not behind. Of sessions that are not its own a role
// without pg_monitor sees that they are there, but not of which kind, and of standbys not the
// state. greatest() takes NULL for less than 0, which is why the lag in bytes is compared by
// itself.
const char kFactsSql[] = R"(
SELECT pg_is_in_recovery(),
       (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL
           AND coalesce(backend_type, 'client backend') = 'client backend'),
       current_setting('max_connections'),
       (SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
       CASE WHEN NOT pg_is_in_recovery() THEN
              (SELECT extract(epoch FROM max(coalesce(replay_lag, interval '0')))
                 FROM pg_stat_replication WHERE state = 'streaming')
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
       (SELECT CASE WHEN bytes < 0 THEN 0 ELSE bytes END FROM (
          SELECT CASE WHEN pg_is_in_recovery() THEN
                   pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                 ELSE (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))
                         FROM pg_stat_replication WHERE state = 'streaming') END AS bytes) AS lag),
       (SELECT CASE WHEN count(*) = count(state) THEN
                 count(*) FILTER (WHERE state = 'streaming') END FROM pg_stat_replication),
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

// What is not known is judged by no limit.
const char* why_unknown(const ServerFacts& facts) {
  if (facts.in_recovery) return "the standby has received or replayed nothing yet";
  return facts.standbys ? "it streams to no standby" : "the role may not see it: GRANT pg_monitor";
}

void judge_lag(const ServerFacts& facts, const char* name, const char* metric,
               const std::optional<double>& lag, const Limits& limits, Report& report) {
  if (lag) {
    return judge_measure(report, name, metric, *lag, limits,
                         facts.in_recovery ? "the standby is behind" : "a standby is behind");
  }
  if (limits.any()) report.add_part(name, MUSTER_UNKNOWN, why_unknown(facts));
}

void judge_standbys(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  if (facts.standbys) report.add_metric("standbys", *facts.standbys);
  if (config.fewest_standbys == 0) return;
  if (!facts.standbys) return report.add_part("standbys", MUSTER_UNKNOWN, why_unknown(facts));
  const bool enough = *facts.standbys >= static_cast<double>(config.fewest_standbys);
  report.add_part("standbys", enough ? MUSTER_OK : MUSTER_CRITICAL,
                  enough ? "" : "it streams to too few of them");
}

void judge_replication(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  judge_lag(facts, "replication bytes", "replication_lag_bytes", facts.lag_bytes,
            config.replication_lag_bytes, report);
  judge_lag(facts, "replication", "replication_lag_seconds", facts.lag_seconds,
            config.replication_lag, report);
  if (!facts.in_recovery) return judge_standbys(config, facts, report);
  report.add_metric("replication_receiving", facts.receiving ? 1 : 0);
}

}  // namespace

ServerFacts ServerFacts::read(const Column& column) {
  const auto number = [&column](int index) -> std::optional<double> {
    const auto text = column(index);
    return text ? muster::probes::to_number(*text) : std::nullopt;
  };
  ServerFacts facts;
  facts.in_recovery = column(0) == "t";
  facts.connections = number(1).value_or(0);
  facts.most_connections = number(2).value_or(0);
  facts.oldest_transaction_seconds = number(3);
  facts.lag_seconds = number(4);
  facts.lag_bytes = number(5);
  facts.standbys = number(6);
  facts.receiving = column(7) == "t";
  facts.database_bytes = number(8);
  return facts;
}

void judge_facts(const PostgresConfig& config, const ServerFacts& facts, Report& report) {
  judge_role(config, facts, report);
  if (facts.most_connections > 0) {
    muster::probes::judge_connections(facts.connections, facts.most_connections, config.connections,
                                      report);
  }
  judge_replication(config, facts, report);
  judge_measure(report, "transactions", "transaction_age_max_seconds",
                facts.oldest_transaction_seconds.value_or(0), config.transaction_age,
                "a transaction is open for too long");
  if (facts.database_bytes) report.add_metric("database_size_bytes", *facts.database_bytes);
}

}  // namespace postgres_probe
