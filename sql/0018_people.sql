-- What was asked twice may be the platform's, which has no organization; and of a body that is
-- streamed, what tells it from another is known only when all of it has come.
ALTER TABLE idempotency_keys
  ALTER COLUMN org_id DROP NOT NULL,
  DROP CONSTRAINT idempotency_keys_org_id_token_id_key_key,
  ADD CONSTRAINT idempotency_keys_token_id_key_org_id_key
    UNIQUE NULLS NOT DISTINCT (token_id, key, org_id);

-- Of a token, the oldest sessions go when there are too many.
CREATE INDEX api_sessions_token_id ON api_sessions (token_id, expires_at);

-- The listing, a page after the other.
CREATE INDEX api_tokens_page ON api_tokens (org_id, created_at, id);
DROP INDEX api_tokens_org_id;

SELECT muster_guard_tenants();
GRANT UPDATE (request_sha256) ON idempotency_keys TO muster_api;
