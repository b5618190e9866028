-- Envelope encryption: values are sealed by data keys, data keys are wrapped by a key of the key
-- file, which never comes here. Only the owner reads this table. Rows are never deleted: a number
-- must not come back.

CREATE TABLE data_keys (
  id         int PRIMARY KEY,
  kek_id     bigint NOT NULL,  -- the id of its line in the key file
  uses       bigint NOT NULL DEFAULT 0,
  wrapped    bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz  -- from then on it opens and seals no more
);

-- While a token is rotated the one before stays usable, for servers that have not got the new one.
ALTER TABLE managed_servers
  ADD COLUMN previous_token_sealed bytea,
  ADD COLUMN previous_token_until  timestamptz,
  ADD CONSTRAINT managed_servers_previous_token_check
    CHECK ((previous_token_sealed IS NULL) = (previous_token_until IS NULL));

CREATE INDEX managed_servers_previous_token_until ON managed_servers (previous_token_until)
  WHERE previous_token_until IS NOT NULL;
