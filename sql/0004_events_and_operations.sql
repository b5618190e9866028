-- fleet_events is the outbox that alerts, webhooks and live streams read, in order of its id.
-- It is written in the transaction that changes the state. server_key has no foreign key: an event
-- outlives its server.

CREATE TABLE fleet_events (
  id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  at         timestamptz NOT NULL,
  org_id     int NOT NULL REFERENCES organizations,
  server_key int,
  server_id  uuid,
  kind       text NOT NULL,  -- health_changed
  from_state text,
  to_state   text,
  reason     smallint NOT NULL DEFAULT 0,
  message    text NOT NULL DEFAULT ''
);

CREATE INDEX fleet_events_org_id ON fleet_events (org_id, id);
CREATE INDEX fleet_events_server ON fleet_events (server_key, id);

-- Long-running work on many servers: the request, the targets frozen when it was made, the outcome.
CREATE TABLE fleet_operations (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id       int NOT NULL REFERENCES organizations,
  action       text NOT NULL,
  state        text NOT NULL DEFAULT 'pending'
               CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'canceling', 'canceled',
                                'partial')),
  request      jsonb NOT NULL,
  targets      jsonb NOT NULL DEFAULT '[]',
  result       jsonb,
  requested_by uuid,
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,
  finished_at  timestamptz
);

CREATE INDEX fleet_operations_org_id ON fleet_operations (org_id, created_at DESC, id);
