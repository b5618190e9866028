#include "aggregator/storage/rollup/health_rollup.h"

#include "aggregator/storage/fact_codes.h"

namespace muster {
namespace {

// Each check twice: once where it was, and its state in every bucket that it holds in: until the
// next check, and for $5 at most.
constexpr const char* kReadings = R"sql(
WITH checks AS MATERIALIZED (
  SELECT ts, server_key, org_id, duration_us, status, state,
         least(lead(ts) OVER w, ts + $5::interval, $2::timestamptz) AS until
  FROM server_health_checks
  WHERE ts >= $1::timestamptz - $5::interval AND ts < $2
        AND ($4::int IS NULL OR server_key = $4)
  WINDOW w AS (PARTITION BY server_key ORDER BY ts, probe_id))
SELECT ts, server_key, org_id, duration_us, status, NULL::"char" AS state, 0 AS held
FROM checks
UNION ALL
SELECT bucket, server_key, org_id, NULL, NULL, state,
       date_part('epoch', least(until, bucket + $3::interval) - greatest(ts, bucket))
FROM checks, generate_series(date_bin($3::interval, greatest(ts, $1), 'epoch'::timestamptz),
                             until - interval '1 microsecond', $3::interval) AS bucket
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
    Rollup rollup{
        "health", "server_health_checks", "server_health", {"server_key", "org_id"}, kReadings, {}};
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
