-- Tenants and the tokens by which their people and programs come in.

CREATE TABLE organizations (
  org_id     int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  id         uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT organizations_id_key UNIQUE,
  name       text COLLATE "C" NOT NULL CONSTRAINT organizations_name_key UNIQUE CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A token is never stored: only its SHA-256, and the first characters so that people can tell
-- their tokens apart. The platform role is above the organizations and belongs to none of them.
CREATE TABLE api_tokens (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id       int REFERENCES organizations ON DELETE CASCADE,
  role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin', 'platform')),
  name         text NOT NULL,
  sha256       bytea NOT NULL CONSTRAINT api_tokens_sha256_key UNIQUE CHECK (length(sha256) = 32),
  prefix       text NOT NULL,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT api_tokens_platform_has_no_organization CHECK ((role = 'platform') = (org_id IS NULL))
);

CREATE INDEX api_tokens_org_id ON api_tokens (org_id);
