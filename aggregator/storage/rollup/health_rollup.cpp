#include "aggregator/storage/rollup/health_rollup.h"

#include "aggregator/storage/fact_codes.h"

namespace muster {
namespace {

// How long a state holds by a probe.
const std::string kPaced = R"sql(
WITH paced AS MATERIALIZED (
  SELECT probe_id, least(greatest(2 * every_seconds * interval '1 second', interval '10 minutes'),
                         interval '24 hours') AS holds
  FROM probes)
)sql";

// Each check twice: once where it was, and its state in every bucket that it holds in: until the
// next check, and no longer than the server would be left alone. That follows from the probes that
// ask this server: the most frequent of those whose newest check still holds. Whatever is asked
// every 5 minutes or oftener makes it 10 minutes, and mostly is the check itself; so few look for
// others. Before $1 each server's last check is enough, however long ago it was: one look into the
// index a server, instead of reading the fleet's last hours. $5 is for servers that were
// unreachable, which the breaker leaves alone. A check that comes late can end a state, so buckets
// that are stored are computed again even when nothing is left of them.
constexpr const char* kReadings = R"sql(, fresh AS MATERIALIZED (
  SELECT ts, server_key, org_id, duration_us, status, state, probe_id
  FROM server_health_checks
  WHERE ts >= $1 AND ts < $2 AND ($4::int IS NULL OR server_key = $4)),
stored AS (
  SELECT ts, server_key, org_id FROM server_health_5m
  WHERE ts >= $1 AND ts < $2 AND ($4::int IS NULL OR server_key = $4)),
servers AS (
  SELECT server_key FROM fresh
  UNION
  SELECT server_key FROM stored
  UNION
  SELECT server_key FROM managed_servers WHERE $4::int IS NULL OR server_key = $4),
checks AS MATERIALIZED (
  SELECT * FROM fresh
  UNION ALL
  SELECT before.*
  FROM servers AS s CROSS JOIN LATERAL (
    SELECT ts, server_key, org_id, duration_us, status, state, probe_id
    FROM server_health_checks AS c
    WHERE c.server_key = s.server_key
          AND c.ts >= $1::timestamptz - interval '24 hours' AND c.ts < $1
    ORDER BY ts DESC, probe_id DESC LIMIT 1) AS before),
lasting AS (
  SELECT c.*, CASE
    WHEN coalesce(own.holds, interval '0') <= interval '10 minutes' OR EXISTS (
      SELECT FROM server_health_checks AS o LEFT JOIN paced USING (probe_id)
      WHERE o.server_key = c.server_key AND o.ts > c.ts - interval '10 minutes' AND o.ts <= c.ts
            AND coalesce(paced.holds, interval '0') <= interval '10 minutes')
      THEN interval '10 minutes'
    ELSE (
      SELECT min(paced.holds) FROM server_health_checks AS o JOIN paced USING (probe_id)
      WHERE o.server_key = c.server_key AND o.ts > c.ts - (SELECT max(holds) FROM paced)
            AND o.ts <= c.ts AND o.ts + paced.holds > c.ts)
    END AS holds
  FROM checks AS c LEFT JOIN paced AS own USING (probe_id)),
states AS (
  SELECT ts, server_key, org_id, state,
         least(lead(ts) OVER w, $2::timestamptz,
               ts + greatest(holds, CASE state WHEN 'u' THEN $5::interval END)) AS until
  FROM lasting
  WINDOW w AS (PARTITION BY server_key ORDER BY ts, probe_id))
SELECT ts, server_key, org_id, duration_us, status, NULL::"char" AS state, 0 AS held
FROM fresh
UNION ALL
SELECT ts, server_key, org_id, NULL, NULL, NULL, 0 FROM stored
UNION ALL
SELECT bucket, server_key, org_id, NULL, NULL, state,
       date_part('epoch', least(until, bucket + $3::interval) - greatest(ts, bucket))
FROM states, generate_series(date_bin($3::interval, greatest(ts, $1), 'epoch'::timestamptz),
                             until - interval '1 microsecond', $3::interval) AS bucket
)sql";

// Checks behind which nobody asked for 10 minutes; the others hold no longer than that. By one that
// is new a later one may come to hold for another time, which is why the longest is added.
constexpr const char* kReach = R"sql(
SELECT max(c.ts + hold) + (SELECT max(holds) FROM paced)
FROM server_health_checks AS c LEFT JOIN paced USING (probe_id)
CROSS JOIN LATERAL greatest(holds, CASE state WHEN 'u' THEN $3::interval END) AS hold
WHERE c.ts >= $1 AND c.ts < $2::timestamptz + interval '10 minutes'
      AND hold > interval '10 minutes'
      AND NOT EXISTS (
        SELECT FROM server_health_checks AS n
        WHERE n.server_key = c.server_key AND n.ts > c.ts
              AND n.ts <= c.ts + interval '10 minutes')
)sql";

Rollup::Column counted(const std::string& name, const std::string& filter) {
  return {name, "(count(status) FILTER (WHERE " + filter + "))::int", "sum(" + name + ")"};
}

Rollup::Column state_column(HealthState state) {
  const std::string name = std::string(to_string(state)) + "_ms";
  return {name,
          "nullif(round(sum(held) FILTER (WHERE state = '" + std::string(1, code_of(state)) +
              "') * 1000), 0)::int",
          "sum(" + name + ")"};
}

}  // namespace

const Rollup& health_rollup() {
  static const Rollup kRollup = [] {
    Rollup rollup{"health",
                  "server_health_checks",
                  "server_health",
                  {"server_key", "org_id"},
                  kPaced + kReadings,
                  kPaced + kReach,
                  {},
                  &RollupSpan::silence};
    rollup.columns = {counted("checks", "true"), counted("failures", "status IN ('c', 'u')")};
    for (std::size_t i = 0; i < kHealthStateNames.size(); ++i) {
      rollup.columns.push_back(state_column(static_cast<HealthState>(i)));
    }
    rollup.columns.push_back({"durations",
                              "duration_histogram(array_agg(duration_bin(duration_us)) FILTER "
                              "(WHERE status IS NOT NULL))",
                              "duration_histogram(chain(durations))"});
    return rollup;
  }();
  return kRollup;
}

}  // namespace muster
