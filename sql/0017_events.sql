-- Events are kept for a time (storage.retention.events) and then removed in batches. A stream that
-- comes back must be told when events behind its last one are gone: for each organization, the
-- highest id that was removed.

CREATE TABLE fleet_events_removed (
  org_id  int PRIMARY KEY REFERENCES organizations,
  last_id bigint NOT NULL
);

CREATE INDEX fleet_events_at ON fleet_events (at);

-- The events of one server, which may be gone: then nothing knows its key any more.
CREATE INDEX fleet_events_server_id ON fleet_events (server_id, id);

SELECT muster_guard_tenants();
