#include "aggregator/storage/rollup/custom_rollup.h"

namespace muster {
namespace {

// `known`: how much a counter grew since the reading before; of a gauge it has no meaning. What is
// before $1 is looked up, counter by counter.
constexpr const char* kReadings = R"sql(
WITH fresh AS MATERIALIZED (
  SELECT c.ts, c.server_key, c.series_id, c.org_id, c.value, s.counter
  FROM custom_metrics AS c JOIN metric_series AS s USING (series_id)
  WHERE c.ts >= $1 AND c.ts < $2 AND ($4::int IS NULL OR c.server_key = $4))
SELECT ts, server_key, series_id, org_id, value, counter, value - before AS gain,
       date_part('epoch', ts - since) AS span,
       value >= before AND ts > since AND ts - since <= $5::interval AS known
FROM (SELECT *, lag(value) OVER w AS before, lag(ts) OVER w AS since
      FROM (SELECT * FROM fresh
            UNION ALL
            SELECT near.*, true
            FROM (SELECT DISTINCT server_key, series_id FROM fresh WHERE counter) AS s
            CROSS JOIN LATERAL (
              SELECT ts, server_key, series_id, org_id, value FROM custom_metrics AS c
              WHERE (c.server_key, c.series_id) = (s.server_key, s.series_id)
                    AND ts >= $1::timestamptz - $5::interval AND ts < $1
              ORDER BY ts DESC LIMIT 1) AS near) AS readings
      WINDOW w AS (PARTITION BY server_key, series_id ORDER BY ts)) AS pairs
)sql";

// The reading behind one that is new is compared with that.
constexpr const char* kReach = R"sql(
SELECT max(near.ts)
FROM (SELECT DISTINCT c.server_key, c.series_id
      FROM custom_metrics AS c JOIN metric_series AS s USING (series_id)
      WHERE c.ts >= $1 AND c.ts < $2 AND s.counter) AS s
CROSS JOIN LATERAL (
  SELECT ts FROM custom_metrics AS c
  WHERE (c.server_key, c.series_id) = (s.server_key, s.series_id)
        AND ts >= $2 AND ts <= $2::timestamptz + $3::interval
  ORDER BY ts LIMIT 1) AS near
)sql";

// bool_and: all readings of a series are of one kind.
std::string by_kind(const std::string& counter, const std::string& gauge) {
  return "CASE WHEN bool_and(counter) THEN " + counter + " ELSE " + gauge + " END";
}

}  // namespace

const Rollup& custom_rollup() {
  static const Rollup kRollup{
      "custom",
      "custom_metrics",
      "custom_metrics",
      {"server_key", "series_id", "org_id"},
      kReadings,
      kReach,
      {{"samples", "count(*)::int", "sum(samples)"},
       {"sum", by_kind("sum(gain) FILTER (WHERE known)", "sum(value)"), "sum(sum)"},
       {"min", by_kind("min(gain / span) FILTER (WHERE known)", "min(value)"), "min(min)"},
       {"max", by_kind("max(gain / span) FILTER (WHERE known)", "max(value)"), "max(max)"},
       {"last", "(array_agg(value ORDER BY ts DESC))[1]", "(array_agg(last ORDER BY ts DESC))[1]"},
       {"seconds", by_kind("to_real(coalesce(sum(span) FILTER (WHERE known), 0))", "NULL"),
        "to_real(sum(seconds::float8))"}}};
  return kRollup;
}

}  // namespace muster
