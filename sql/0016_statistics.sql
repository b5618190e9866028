-- Autovacuum brings the planner's statistics within minutes. That is late for those who list the
-- fleet that they have just imported: the planner still takes ten thousand servers for a handful and
-- sorts them all for each page. Only an owner may ANALYZE, so it is lent to the API.

CREATE FUNCTION muster_analyze_fleet() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '1s' AS $$
BEGIN
  ANALYZE managed_servers, server_groups, server_group_members;
END $$;

REVOKE EXECUTE ON FUNCTION muster_analyze_fleet() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION muster_analyze_fleet() TO muster_api;
