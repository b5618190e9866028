-- What became of partitions whose time is over. A row leads one partition from its parent to a file
-- and out of the database; each state says what is done, so that whoever finds the row goes on.

CREATE SCHEMA muster_archive;  -- detached partitions, until their file is verified

CREATE TABLE partition_archive (
  table_name text NOT NULL,
  lo         timestamptz NOT NULL,
  hi         timestamptz NOT NULL,
  partition  text NOT NULL,  -- schema and name, quoted, where it is now
  state      text NOT NULL DEFAULT 'detaching'
             CHECK (state IN ('detaching', 'detached', 'copied', 'verified', 'dropped', 'restored')),
  row_count  bigint,
  row_hash   numeric,  -- sum of hashtextextended() of the rows as text: their order does not matter
  path       text,     -- of the file; null: dropped without one
  sha256     text,     -- of the file
  bytes      bigint,   -- of the file
  keep_until timestamptz,  -- of a restored one: retention leaves it alone until then
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_name, lo, hi)
);

-- For putting rows back where they belong once there is a partition for them.
CREATE INDEX server_health_checks_quarantine_ts ON server_health_checks_quarantine (ts);
CREATE INDEX server_metrics_aggregated_quarantine_ts ON server_metrics_aggregated_quarantine (ts);
