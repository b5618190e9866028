-- Metrics of plugins that are no columns of server_metrics_aggregated: one narrow row for each
-- reading. A series is a name with its labels; servers of an organization share it.

CREATE TABLE metric_series (
  series_id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  org_id    int NOT NULL,
  counter   boolean NOT NULL,
  name      text COLLATE "C" NOT NULL,
  labels    jsonb NOT NULL,
  CONSTRAINT metric_series_key UNIQUE (org_id, name, labels, counter)
);

-- Which server has which series, so that it cannot have too many. seen_on is a day at which there
-- was a reading; a series that has not been seen for a week is counted no more.
CREATE TABLE server_series (
  org_id     int NOT NULL,
  server_key int NOT NULL,
  series_id  int NOT NULL,
  seen_on    date NOT NULL,
  PRIMARY KEY (server_key, series_id)
) WITH (fillfactor = 70);

CREATE TABLE custom_metrics (
  ts         timestamptz NOT NULL,
  value      float8 NOT NULL,
  org_id     int NOT NULL,
  server_key int NOT NULL,
  series_id  int NOT NULL
) PARTITION BY RANGE (ts);

CREATE INDEX custom_metrics_server ON custom_metrics (server_key, series_id, ts);
CREATE INDEX custom_metrics_ts ON custom_metrics
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE custom_metrics_quarantine (
  LIKE custom_metrics,
  quarantine_reason text NOT NULL,
  received_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX custom_metrics_quarantine_ts ON custom_metrics_quarantine (ts);

-- Of a counter: sum is the increase, seconds the time in which that was, min and max are rates a
-- second.
CREATE TABLE custom_metrics_5m (
  ts         timestamptz NOT NULL,
  sum        float8,
  min        float8,
  max        float8,
  last       float8 NOT NULL,
  org_id     int NOT NULL,
  server_key int NOT NULL,
  series_id  int NOT NULL,
  samples    int NOT NULL,
  seconds    real,  -- null: a gauge
  PRIMARY KEY (server_key, series_id, ts)
) PARTITION BY RANGE (ts);

CREATE INDEX custom_metrics_5m_ts ON custom_metrics_5m
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE custom_metrics_1h (LIKE custom_metrics_5m INCLUDING ALL) PARTITION BY RANGE (ts);
CREATE TABLE custom_metrics_1d (LIKE custom_metrics_5m INCLUDING ALL) PARTITION BY RANGE (ts);
