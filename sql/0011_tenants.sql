-- The second wall between organizations, behind the org_id in each statement: row-level security.
-- Three roles (musterd makes them before it migrates): muster_owner has made all of this and is
-- not bound by it, muster_ingest stores results and has BYPASSRLS, muster_api sees the rows of the
-- organization that its transaction names in app.org_id, and none without one.

-- A policy guards a table, not its partitions when they are read directly. So these stand in a
-- schema of their own, into which only the owner may look.
CREATE SCHEMA muster_part;

DO $$
DECLARE
  child record;
BEGIN
  FOR child IN SELECT oid::regclass AS name FROM pg_class
               WHERE relispartition AND relkind IN ('r', 'p')
                 AND relnamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s SET SCHEMA muster_part', child.name);
  END LOOP;
END $$;

-- To be called by every migration that makes a table with an org_id.
-- Behind a commit the setting is empty, not null.
CREATE FUNCTION muster_guard_tenants() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  unguarded record;
BEGIN
  FOR unguarded IN
    SELECT c.oid::regclass AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relrowsecurity AND a.attname = 'org_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', unguarded.name);
    EXECUTE format('CREATE POLICY tenant ON %s TO muster_api '
                   'USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::int) '
                   'WITH CHECK (org_id = nullif(current_setting(''app.org_id'', true), '''')::int)',
                   unguarded.name);
    EXECUTE format('GRANT SELECT ON %s TO muster_api', unguarded.name);
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION muster_guard_tenants() FROM PUBLIC;

SELECT muster_guard_tenants();

GRANT USAGE ON SCHEMA public TO muster_api, muster_ingest;

GRANT SELECT ON probes, v_fleet_summary, v_server_health_overview TO muster_api;
GRANT INSERT, UPDATE, DELETE
  ON managed_servers, server_groups, server_group_members, fleet_operations TO muster_api;
GRANT INSERT, UPDATE ON api_tokens TO muster_api;

GRANT INSERT
  ON server_health_checks, server_health_checks_quarantine, server_metrics_aggregated,
     server_metrics_aggregated_quarantine, custom_metrics, custom_metrics_quarantine
  TO muster_ingest;
GRANT SELECT, INSERT
  ON metric_series, server_series, check_details, probes, fleet_events, spool_segments
  TO muster_ingest;
GRANT UPDATE ON server_series TO muster_ingest;
GRANT UPDATE, DELETE ON spool_segments TO muster_ingest;
GRANT SELECT ON rollup_mark TO muster_ingest, muster_api;
GRANT INSERT ON rollup_dirty TO muster_ingest;
GRANT SELECT (id, server_key, org_id, last_seen_at, last_slot),
      UPDATE (health_status, health_reason, health_message, health_since, last_seen_at, last_slot)
  ON managed_servers TO muster_ingest;
