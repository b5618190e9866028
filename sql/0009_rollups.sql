-- Rollups: what the history says of each server in buckets of 5 minutes, an hour and a day, aligned
-- to the Unix epoch. A bucket is always computed whole, from the facts or from the next finer
-- buckets, so doing it again changes nothing. Single readings, one a minute by default, are the
-- finest level themselves. ts is where a bucket begins; partitions are as in 0003.

-- Until where each level is complete, by its name: "health_5m", "metrics_1d". "facts" is the mark
-- that writers look at: whoever adds facts before it says so in rollup_dirty, in the same
-- transaction.
CREATE TABLE rollup_mark (
  rollup text PRIMARY KEY,
  upto   timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Buckets before their level's mark that are to be computed again. Only ever appended to, and taken
-- by the roller; one bucket may stand here many times.
CREATE TABLE rollup_dirty (
  rollup text NOT NULL,
  ts     timestamptz NOT NULL
);

CREATE INDEX rollup_dirty_rollup ON rollup_dirty (rollup, ts);

-- By a writer, in the transaction of its facts; `buckets` are the 5-minute ones that they fall into.
-- The shared lock makes the mark stand still until the writer has committed, or shows it the new
-- one: two statements, because the second must see what was committed while the first waited.
CREATE FUNCTION rollup_note(buckets timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(5570193308);
  INSERT INTO rollup_dirty (rollup, ts)
  SELECT level.rollup, b
  FROM unnest(buckets) AS b
  JOIN rollup_mark AS facts ON facts.rollup = 'facts' AND b < facts.upto
  CROSS JOIN (VALUES ('health_5m'), ('metrics_5m'), ('custom_5m')) AS level (rollup);
END $$;

-- By the roller, in a transaction of its own, before it reads the facts before `new_mark`. Once it
-- has the lock, all writers that saw the old mark have committed. It does not wait long for them,
-- because other writers would wait behind it.
CREATE FUNCTION rollup_close(new_mark timestamptz) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '200ms' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(5570193308);
  INSERT INTO rollup_mark AS m (rollup, upto) VALUES ('facts', new_mark)
  ON CONFLICT (rollup) DO UPDATE SET upto = excluded.upto WHERE m.upto < excluded.upto;
END $$;

-- How long checks took, as a histogram: each number is bin << 23 | checks, where bin k holds
-- durations from 2^(k/8) to 2^((k+1)/8) microseconds. Histograms are merged by chaining them and
-- then adding up equal bins.
CREATE FUNCTION duration_bin(duration_us int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (floor(8 * ln(greatest(duration_us, 1)::float8) / ln(2::float8))::int << 23) | 1;

CREATE AGGREGATE chain(int[]) (sfunc = array_cat, stype = int[]);

CREATE FUNCTION duration_histogram(bins int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(bin << 23 | least(checks, 8388607)::int ORDER BY bin)
        FROM (SELECT b >> 23 AS bin, sum(b & 8388607) AS checks
              FROM unnest(bins) AS b GROUP BY 1) AS summed);

-- A check's state holds until the next check, but not for ever: time without checks is in none of
-- the states. Null is none, which is most of them.
CREATE TABLE server_health_5m (
  ts             timestamptz NOT NULL,
  org_id         int NOT NULL,
  server_key     int NOT NULL,
  checks         int NOT NULL,
  failures       int NOT NULL,  -- critical or unknown
  healthy_ms     int,
  degraded_ms    int,
  critical_ms    int,
  unreachable_ms int,
  unknown_ms     int,
  maintenance_ms int,
  durations      int[],  -- duration_histogram
  PRIMARY KEY (server_key, ts)
) PARTITION BY RANGE (ts);

CREATE INDEX server_health_5m_ts ON server_health_5m
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE server_health_1h (LIKE server_health_5m INCLUDING ALL) PARTITION BY RANGE (ts);
CREATE TABLE server_health_1d (LIKE server_health_5m INCLUDING ALL) PARTITION BY RANGE (ts);

-- A sum that no `real` can hold becomes the greatest one, instead of an error.
CREATE FUNCTION to_real(wide float8) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (CASE WHEN wide > 3.4e38 THEN 3.4e38 WHEN wide < -3.4e38 THEN -3.4e38 ELSE wide END)::real;

-- Of a gauge: how many readings (null: `samples`, which is usual), their sum, least, most, newest.
-- Of a counter: its increase and the seconds in which that was, least and most increase a second,
-- newest reading. Between two readings of which the later is smaller (the server began anew), or
-- too far from the earlier, nothing is known.
CREATE TABLE server_metrics_5m (
  ts timestamptz NOT NULL,
  memory_used_bytes_sum float8, memory_used_bytes_min bigint, memory_used_bytes_max bigint,
    memory_used_bytes_last bigint,
  memory_total_bytes_sum float8, memory_total_bytes_min bigint, memory_total_bytes_max bigint,
    memory_total_bytes_last bigint,
  swap_used_bytes_sum float8, swap_used_bytes_min bigint, swap_used_bytes_max bigint,
    swap_used_bytes_last bigint,
  swap_total_bytes_sum float8, swap_total_bytes_min bigint, swap_total_bytes_max bigint,
    swap_total_bytes_last bigint,
  disk_used_bytes_sum float8, disk_used_bytes_min bigint, disk_used_bytes_max bigint,
    disk_used_bytes_last bigint,
  disk_total_bytes_sum float8, disk_total_bytes_min bigint, disk_total_bytes_max bigint,
    disk_total_bytes_last bigint,
  network_receive_bytes_increase float8, network_receive_bytes_last bigint,
  network_transmit_bytes_increase float8, network_transmit_bytes_last bigint,
  org_id int NOT NULL,
  server_key int NOT NULL,
  samples int NOT NULL,
  network_receive_bytes_seconds real, network_receive_bytes_min real, network_receive_bytes_max
    real,
  network_transmit_bytes_seconds real, network_transmit_bytes_min real, network_transmit_bytes_max
    real,
  memory_used_bytes_n int,
  memory_total_bytes_n int,
  swap_used_bytes_n int,
  swap_total_bytes_n int,
  disk_used_bytes_n int,
  disk_total_bytes_n int,
  cpu_percent_n int, cpu_percent_sum real, cpu_percent_min real, cpu_percent_max real,
    cpu_percent_last real,
  load_1m_n int, load_1m_sum real, load_1m_min real, load_1m_max real, load_1m_last real,
  load_5m_n int, load_5m_sum real, load_5m_min real, load_5m_max real, load_5m_last real,
  load_15m_n int, load_15m_sum real, load_15m_min real, load_15m_max real, load_15m_last real,
  memory_percent_n int, memory_percent_sum real, memory_percent_min real, memory_percent_max real,
    memory_percent_last real,
  swap_percent_n int, swap_percent_sum real, swap_percent_min real, swap_percent_max real,
    swap_percent_last real,
  disk_percent_n int, disk_percent_sum real, disk_percent_min real, disk_percent_max real,
    disk_percent_last real,
  requests_per_minute_n int, requests_per_minute_sum real, requests_per_minute_min real,
    requests_per_minute_max real, requests_per_minute_last real,
  llm_requests_per_minute_n int, llm_requests_per_minute_sum real, llm_requests_per_minute_min
    real, llm_requests_per_minute_max real, llm_requests_per_minute_last real,
  llm_tokens_per_second_n int, llm_tokens_per_second_sum real, llm_tokens_per_second_min real,
    llm_tokens_per_second_max real, llm_tokens_per_second_last real,
  llm_queue_depth_n int, llm_queue_depth_sum real, llm_queue_depth_min int, llm_queue_depth_max
    int, llm_queue_depth_last int,
  services_total_n int, services_total_sum real, services_total_min int, services_total_max int,
    services_total_last int,
  services_healthy_n int, services_healthy_sum real, services_healthy_min int,
    services_healthy_max int, services_healthy_last int,
  users_active_n int, users_active_sum real, users_active_min int, users_active_max int,
    users_active_last int,
  users_sessions_n int, users_sessions_sum real, users_sessions_min int, users_sessions_max int,
    users_sessions_last int,
  PRIMARY KEY (server_key, ts)
) PARTITION BY RANGE (ts);

CREATE INDEX server_metrics_5m_ts ON server_metrics_5m
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE server_metrics_1h (LIKE server_metrics_5m INCLUDING ALL) PARTITION BY RANGE (ts);
CREATE TABLE server_metrics_1d (LIKE server_metrics_5m INCLUDING ALL) PARTITION BY RANGE (ts);

-- History from before this migration is rolled up too: partitions for as far back as it goes. From
-- now on they are made ahead.
DO $$
DECLARE
  past record;
  target text;
BEGIN
  FOR past IN
    SELECT parent.relname AS facts, right(part.relname, 8) AS month,
           pg_get_expr(part.relpartbound, part.oid) AS bounds
    FROM pg_inherits AS i
    JOIN pg_class AS parent ON parent.oid = i.inhparent
    JOIN pg_class AS part ON part.oid = i.inhrelid
    WHERE parent.relname IN ('server_health_checks', 'server_metrics_aggregated')
  LOOP
    FOREACH target IN ARRAY CASE past.facts
      WHEN 'server_health_checks' THEN '{server_health_5m,server_health_1h,server_health_1d}'::text[]
      ELSE '{server_metrics_5m,server_metrics_1h,server_metrics_1d}' END
    LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I %s', target || past.month, target,
                     past.bounds);
    END LOOP;
  END LOOP;
END $$;
