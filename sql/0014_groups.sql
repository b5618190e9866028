-- Groups of servers: by hand (fixed), by a filter over tags, region and environment (matched), or
-- both at once. Triggers keep what matches true within the transaction that changes a server or a
-- filter, so every reader of server_group_members sees it and none needs to know of filters.

-- All of the tags, any of the regions, any of the environments; an empty list asks for nothing, and
-- a group with three of them has no filter.
ALTER TABLE server_groups
  ADD COLUMN filter_tags         text[] NOT NULL DEFAULT '{}',
  ADD COLUMN filter_regions      text[] NOT NULL DEFAULT '{}',
  ADD COLUMN filter_environments text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT server_groups_org_id_group_key_key UNIQUE (org_id, group_key);

ALTER TABLE managed_servers
  ADD CONSTRAINT managed_servers_org_id_server_key_key UNIQUE (org_id, server_key);

-- With the organization in both keys no server is ever in the group of another one.
ALTER TABLE server_group_members
  ADD COLUMN fixed   boolean NOT NULL DEFAULT true,
  ADD COLUMN matched boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT server_group_members_why CHECK (fixed OR matched),
  DROP CONSTRAINT server_group_members_group_key_fkey,
  DROP CONSTRAINT server_group_members_server_key_fkey,
  ADD CONSTRAINT server_group_members_group_fkey FOREIGN KEY (org_id, group_key)
    REFERENCES server_groups (org_id, group_key) ON DELETE CASCADE,
  ADD CONSTRAINT server_group_members_server_fkey FOREIGN KEY (org_id, server_key)
    REFERENCES managed_servers (org_id, server_key) ON DELETE CASCADE;

CREATE FUNCTION muster_matches(filter_tags text[], filter_regions text[],
                               filter_environments text[], tags text[], region text,
                               environment text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT cardinality(filter_tags) + cardinality(filter_regions)
           + cardinality(filter_environments) > 0
     AND tags @> filter_tags
     AND (cardinality(filter_regions) = 0 OR region = ANY (filter_regions))
     AND (cardinality(filter_environments) = 0 OR environment = ANY (filter_environments))
$$;

-- Whoever changes a server matches it against the filters that he sees, and whoever changes a
-- filter matches it against the servers that he sees. So that neither misses the other, the first
-- shares a lock and the second is alone. Both take it before they lock any row: the triggers below
-- take it again, for those who forgot, whom at worst a deadlock stops.
CREATE FUNCTION muster_share_groups(org int) RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock_shared(hashtext('muster.groups'), org) $$;

CREATE FUNCTION muster_change_groups(org int) RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(hashtext('muster.groups'), org) $$;

-- Servers that look different now, because their groups do: a new version of each, but no second
-- one in the transaction that made it. In the order of their keys, as deadlocks are fewer then.
CREATE FUNCTION muster_touch_servers(keys int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM managed_servers
  WHERE server_key = ANY (keys) AND xmin <> pg_current_xact_id()::xid
  ORDER BY server_key FOR NO KEY UPDATE;
  UPDATE managed_servers SET version = version + 1, updated_at = now()
  WHERE server_key = ANY (keys) AND xmin <> pg_current_xact_id()::xid;
END $$;

CREATE FUNCTION muster_touch_changed_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM muster_touch_servers(ARRAY(SELECT DISTINCT server_key FROM changed));
  RETURN NULL;
END $$;

CREATE TRIGGER touch_joined AFTER INSERT ON server_group_members
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
EXECUTE FUNCTION muster_touch_changed_members();
CREATE TRIGGER touch_left AFTER DELETE ON server_group_members
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
EXECUTE FUNCTION muster_touch_changed_members();

CREATE FUNCTION muster_touch_renamed_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM muster_touch_servers(
    ARRAY(SELECT server_key FROM server_group_members WHERE group_key = NEW.group_key));
  RETURN NULL;
END $$;

CREATE TRIGGER touch_renamed AFTER UPDATE OF name ON server_groups
FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION muster_touch_renamed_group();

CREATE FUNCTION muster_match_new_servers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM muster_share_groups(org_id) FROM (SELECT DISTINCT org_id FROM fresh ORDER BY 1) AS o;
  INSERT INTO server_group_members (group_key, server_key, org_id, fixed, matched)
  SELECT g.group_key, s.server_key, s.org_id, false, true
  FROM fresh AS s JOIN server_groups AS g ON g.org_id = s.org_id
  WHERE muster_matches(g.filter_tags, g.filter_regions, g.filter_environments,
                       s.tags, s.region, s.environment);
  RETURN NULL;
END $$;

CREATE TRIGGER match_new AFTER INSERT ON managed_servers
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION muster_match_new_servers();

CREATE FUNCTION muster_match_server() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted int[];
BEGIN
  PERFORM muster_share_groups(NEW.org_id);
  wanted := ARRAY(
    SELECT group_key FROM server_groups
    WHERE org_id = NEW.org_id
      AND muster_matches(filter_tags, filter_regions, filter_environments,
                         NEW.tags, NEW.region, NEW.environment));
  UPDATE server_group_members SET matched = false
  WHERE server_key = NEW.server_key AND matched AND fixed AND group_key <> ALL (wanted);
  DELETE FROM server_group_members
  WHERE server_key = NEW.server_key AND NOT fixed AND group_key <> ALL (wanted);
  INSERT INTO server_group_members AS m (group_key, server_key, org_id, fixed, matched)
  SELECT group_key, NEW.server_key, NEW.org_id, false, true FROM unnest(wanted) AS group_key
  ON CONFLICT (group_key, server_key) DO UPDATE SET matched = true WHERE NOT m.matched;
  RETURN NULL;
END $$;

-- A trigger of the row, which the frequent updates of health columns do not fire; one of the
-- statement cannot have both columns and a transition table.
CREATE TRIGGER match_changed AFTER UPDATE OF tags, region, environment ON managed_servers
FOR EACH ROW WHEN ((OLD.tags, OLD.region, OLD.environment)
                   IS DISTINCT FROM (NEW.tags, NEW.region, NEW.environment))
EXECUTE FUNCTION muster_match_server();

CREATE FUNCTION muster_match_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM muster_change_groups(NEW.org_id);
  UPDATE server_group_members AS m SET matched = false FROM managed_servers AS s
  WHERE m.group_key = NEW.group_key AND m.matched AND m.fixed AND s.server_key = m.server_key
    AND NOT muster_matches(NEW.filter_tags, NEW.filter_regions, NEW.filter_environments,
                           s.tags, s.region, s.environment);
  DELETE FROM server_group_members AS m USING managed_servers AS s
  WHERE m.group_key = NEW.group_key AND NOT m.fixed AND s.server_key = m.server_key
    AND NOT muster_matches(NEW.filter_tags, NEW.filter_regions, NEW.filter_environments,
                           s.tags, s.region, s.environment);
  INSERT INTO server_group_members AS m (group_key, server_key, org_id, fixed, matched)
  SELECT NEW.group_key, server_key, org_id, false, true FROM managed_servers
  WHERE org_id = NEW.org_id
    AND muster_matches(NEW.filter_tags, NEW.filter_regions, NEW.filter_environments,
                       tags, region, environment)
  ON CONFLICT (group_key, server_key) DO UPDATE SET matched = true WHERE NOT m.matched;
  RETURN NULL;
END $$;

CREATE TRIGGER match_new AFTER INSERT ON server_groups
FOR EACH ROW WHEN (cardinality(NEW.filter_tags) + cardinality(NEW.filter_regions)
                   + cardinality(NEW.filter_environments) > 0)
EXECUTE FUNCTION muster_match_group();
CREATE TRIGGER match_changed
AFTER UPDATE OF filter_tags, filter_regions, filter_environments ON server_groups
FOR EACH ROW WHEN ((OLD.filter_tags, OLD.filter_regions, OLD.filter_environments)
                   IS DISTINCT FROM
                   (NEW.filter_tags, NEW.filter_regions, NEW.filter_environments))
EXECUTE FUNCTION muster_match_group();

-- The worst first. A listing in that order, or of one state by name, reads this index alone; it
-- changes as rarely as the one that it replaces.
CREATE FUNCTION muster_health_rank(state text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE state WHEN 'unreachable' THEN 0 WHEN 'critical' THEN 1 WHEN 'degraded' THEN 2
                    WHEN 'unknown' THEN 3 WHEN 'maintenance' THEN 4 ELSE 5 END
$$;

CREATE INDEX managed_servers_health
  ON managed_servers (org_id, muster_health_rank(health_status), name);
DROP INDEX managed_servers_health_status;

CREATE INDEX managed_servers_updated_at ON managed_servers (org_id, updated_at, id);
