-- Both run with the rights of whoever asks (security_invoker), so that row-level security holds.

CREATE VIEW v_fleet_summary WITH (security_invoker = true) AS
SELECT
  org_id,
  count(*) AS servers_total,
  count(*) FILTER (WHERE status = 'active') AS servers_active,
  count(*) FILTER (WHERE status = 'maintenance') AS servers_in_maintenance,
  count(*) FILTER (WHERE status = 'disabled') AS servers_disabled,
  count(*) FILTER (WHERE health_status = 'healthy') AS health_healthy,
  count(*) FILTER (WHERE health_status = 'degraded') AS health_degraded,
  count(*) FILTER (WHERE health_status = 'critical') AS health_critical,
  count(*) FILTER (WHERE health_status = 'unreachable') AS health_unreachable,
  count(*) FILTER (WHERE health_status = 'unknown') AS health_unknown,
  count(*) FILTER (WHERE health_status = 'maintenance') AS health_maintenance
FROM managed_servers
GROUP BY org_id;

CREATE VIEW v_server_health_overview WITH (security_invoker = true) AS
SELECT
  s.org_id, s.server_key, s.id, s.name, s.hostname, s.region, s.environment, s.tags,
  ARRAY(SELECT g.name
        FROM server_group_members AS m JOIN server_groups AS g USING (group_key)
        WHERE m.server_key = s.server_key
        ORDER BY g.name) AS groups,
  s.status, s.health_status, s.health_reason, s.health_message, s.health_since, s.last_seen_at
FROM managed_servers AS s;
