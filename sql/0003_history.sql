-- Facts: one row for each check, and one wide row for each reading of the standard metrics.
-- Partitioned by month in UTC. Columns go from wide to narrow, so that none is padded. There is no
-- foreign key on these tables and no default partition under them: both would take locks that
-- writers wait for when a partition comes or goes. Rows outside of all partitions go to _quarantine.

CREATE TABLE probes (
  probe_id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name     text COLLATE "C" NOT NULL CONSTRAINT probes_name_key UNIQUE
);

CREATE TABLE server_health_checks (
  ts            timestamptz NOT NULL,
  detail_hash   bigint NOT NULL,  -- check_details; 0: nothing to say
  org_id        int NOT NULL,
  server_key    int NOT NULL,
  duration_us   int NOT NULL,
  dns_us        int,  -- null: this part did not happen
  connect_us    int,
  tls_us        int,
  first_byte_us int,
  transfer_us   int,
  probe_id      smallint NOT NULL,
  http_status   smallint,
  reason        smallint NOT NULL,
  status        "char" NOT NULL,  -- o ok, w warning, c critical, u unknown
  state         "char" NOT NULL   -- h healthy, d degraded, c critical, u unreachable, ? unknown,
                                  -- m maintenance
) PARTITION BY RANGE (ts);

CREATE INDEX server_health_checks_server ON server_health_checks (server_key, ts);
CREATE INDEX server_health_checks_ts ON server_health_checks
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE server_health_checks_quarantine (
  LIKE server_health_checks,
  quarantine_reason text NOT NULL,
  received_at       timestamptz NOT NULL DEFAULT now()
);

-- Messages and components repeat from check to check, so each distinct pair is kept once, under
-- the first 8 bytes of its SHA-256.
CREATE TABLE check_details (
  org_id      int NOT NULL,
  detail_hash bigint NOT NULL,
  message     text NOT NULL,
  components  jsonb NOT NULL,
  PRIMARY KEY (org_id, detail_hash)
);

CREATE TABLE server_metrics_aggregated (
  ts                      timestamptz NOT NULL,
  memory_used_bytes       bigint,
  memory_total_bytes      bigint,
  swap_used_bytes         bigint,
  swap_total_bytes        bigint,
  disk_used_bytes         bigint,
  disk_total_bytes        bigint,
  network_receive_bytes   bigint,  -- counter
  network_transmit_bytes  bigint,  -- counter
  org_id                  int NOT NULL,
  server_key              int NOT NULL,
  period_seconds          int NOT NULL,
  cpu_percent             real,
  load_1m                 real,
  load_5m                 real,
  load_15m                real,
  memory_percent          real,
  swap_percent            real,
  disk_percent            real,
  requests_per_minute     real,
  llm_requests_per_minute real,
  llm_tokens_per_second   real,
  llm_queue_depth         int,
  services_total          int,
  services_healthy        int,
  users_active            int,
  users_sessions          int
) PARTITION BY RANGE (ts);

CREATE INDEX server_metrics_aggregated_server ON server_metrics_aggregated (server_key, ts);
CREATE INDEX server_metrics_aggregated_ts ON server_metrics_aggregated
  USING brin (ts) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE server_metrics_aggregated_quarantine (
  LIKE server_metrics_aggregated,
  quarantine_reason text NOT NULL,
  received_at       timestamptz NOT NULL DEFAULT now()
);

-- The newest batch that each writer committed. A writer whose COMMIT was never answered finds here
-- whether it happened.
CREATE TABLE result_batches (
  writer     uuid PRIMARY KEY,
  last_batch bigint NOT NULL,
  stored_at  timestamptz NOT NULL
) WITH (fillfactor = 50);
