-- The fleet. server_key is the compact identity that the history carries beside org_id; the uuid
-- is the public one. Health columns change often and no index covers their times, so there is
-- room on each page for updates in place (HOT).

CREATE TABLE managed_servers (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  server_key       int NOT NULL GENERATED ALWAYS AS IDENTITY
                   CONSTRAINT managed_servers_server_key_key UNIQUE,
  org_id           int NOT NULL REFERENCES organizations,
  name             text COLLATE "C" NOT NULL CHECK (name <> ''),
  hostname         text NOT NULL DEFAULT '',
  api_url          text NOT NULL DEFAULT '',
  api_token_sealed bytea,
  region           text NOT NULL DEFAULT '',
  environment      text NOT NULL DEFAULT '',
  tags             text[] NOT NULL DEFAULT '{}',
  metadata         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  status           text NOT NULL DEFAULT 'active'
                   CHECK (status IN ('active', 'maintenance', 'disabled')),
  health_status    text NOT NULL DEFAULT 'unknown'
                   CHECK (health_status IN ('healthy', 'degraded', 'critical', 'unreachable',
                                            'unknown', 'maintenance')),
  health_reason    smallint NOT NULL DEFAULT 0,
  health_message   text NOT NULL DEFAULT '',
  health_since     timestamptz,
  last_seen_at     timestamptz,
  last_slot        bigint NOT NULL DEFAULT 0,  -- of the newest state change, Unix milliseconds
  version          bigint NOT NULL DEFAULT 1,  -- of the configuration, not of the health
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT managed_servers_org_id_name_key UNIQUE (org_id, name)
) WITH (fillfactor = 70);

CREATE INDEX managed_servers_status ON managed_servers (org_id, status);
CREATE INDEX managed_servers_health_status ON managed_servers (org_id, health_status);
CREATE INDEX managed_servers_region ON managed_servers (org_id, region);
CREATE INDEX managed_servers_environment ON managed_servers (org_id, environment);
CREATE INDEX managed_servers_created_at ON managed_servers (org_id, created_at, id);
CREATE INDEX managed_servers_tags ON managed_servers USING gin (tags);

CREATE TABLE server_groups (
  group_key   int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  id          uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT server_groups_id_key UNIQUE,
  org_id      int NOT NULL REFERENCES organizations,
  name        text COLLATE "C" NOT NULL CHECK (name <> ''),
  description text NOT NULL DEFAULT '',
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT server_groups_org_id_name_key UNIQUE (org_id, name)
);

CREATE TABLE server_group_members (
  group_key  int NOT NULL REFERENCES server_groups ON DELETE CASCADE,
  server_key int NOT NULL REFERENCES managed_servers (server_key) ON DELETE CASCADE,
  org_id     int NOT NULL REFERENCES organizations,
  PRIMARY KEY (group_key, server_key)
);

CREATE INDEX server_group_members_server_key ON server_group_members (server_key);
