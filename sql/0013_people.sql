-- Who may come in and how much they may ask: quotas, sessions, what was asked twice, who did what.

-- A quota that is not set is no limit, but for the requests, which then have the daemon's own.
ALTER TABLE organizations
  ADD COLUMN max_servers int CHECK (max_servers >= 0),
  ADD COLUMN max_checks_per_second int CHECK (max_checks_per_second >= 0),
  ADD COLUMN max_requests_per_minute int CHECK (max_requests_per_minute >= 1),
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

-- Whichever way servers come, one or ten thousand. The lock on the organization puts two who insert
-- at once one behind the other; it is the one that a foreign key's own lock gets along with.
CREATE FUNCTION muster_keep_server_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  quota record;
BEGIN
  FOR quota IN
    SELECT org_id, max_servers FROM organizations
    WHERE max_servers IS NOT NULL AND org_id IN (SELECT org_id FROM fresh)
    ORDER BY org_id FOR NO KEY UPDATE
  LOOP
    IF (SELECT count(*) FROM managed_servers WHERE org_id = quota.org_id) > quota.max_servers THEN
      RAISE EXCEPTION 'the organization may have % servers', quota.max_servers
        USING ERRCODE = 'check_violation', CONSTRAINT = 'organizations_max_servers';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION muster_keep_server_quota() FROM PUBLIC;

CREATE TRIGGER server_quota AFTER INSERT ON managed_servers
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION muster_keep_server_quota();

-- A browser's way in: a cookie instead of the token that it was given for, and gone with it.
CREATE TABLE api_sessions (
  sha256     bytea PRIMARY KEY CHECK (length(sha256) = 32),
  token_id   uuid NOT NULL REFERENCES api_tokens ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);

-- Every request that may change something, written before it is served and completed after it. A
-- row without a status was under way when the daemon ended. Without an organization: the platform.
CREATE TABLE audit_log (
  id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  at         timestamptz NOT NULL,
  org_id     int REFERENCES organizations,
  token_id   uuid NOT NULL,
  token_name text NOT NULL,
  role       text NOT NULL,
  peer       text NOT NULL,
  request_id text NOT NULL,
  method     text NOT NULL,
  route      text NOT NULL,                -- "/api/v1/fleet/servers/{id}"
  path       text NOT NULL,
  fields     text[] NOT NULL DEFAULT '{}', -- what the body named, without the values
  status     smallint,
  location   text                          -- of what was made
);

CREATE INDEX audit_log_org_id ON audit_log (org_id, id);

CREATE FUNCTION muster_keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status IS NULL AND NEW.status IS NOT NULL
     AND to_jsonb(NEW) - '{status,location}'::text[] = to_jsonb(OLD) - '{status,location}'::text[]
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_log is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION muster_keep_audit_log();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION muster_keep_audit_log();

-- What a POST with an Idempotency-Key was answered, for a day; no status: it is being served. An
-- answer may hold a token that is shown once, so it is sealed.
CREATE TABLE idempotency_keys (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id          int NOT NULL REFERENCES organizations,
  token_id        uuid NOT NULL,
  key             text COLLATE "C" NOT NULL,
  request_sha256  bytea NOT NULL,
  status          smallint,
  response_sealed bytea,
  created_at      timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_org_id_token_id_key_key UNIQUE (org_id, token_id, key)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- Readers of the outbox go on from the last id that they have seen, so ids must appear in their
-- order: whoever writes events is alone at it until it commits.
CREATE FUNCTION muster_order_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('muster.events'));
  RETURN NULL;
END $$;

CREATE TRIGGER in_order BEFORE INSERT ON fleet_events
FOR EACH STATEMENT EXECUTE FUNCTION muster_order_events();

SELECT muster_guard_tenants();
GRANT INSERT, UPDATE (status, location) ON audit_log TO muster_api;
GRANT INSERT, UPDATE (status, response_sealed), DELETE ON idempotency_keys TO muster_api;
