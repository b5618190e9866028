-- How far each segment of a daemon's spool is stored, written in the transaction that stores the
-- results. So a batch whose COMMIT was never answered, and one that is read again after a crash, is
-- known. The row goes when the segment is gone from the disk.

DROP TABLE result_batches;

CREATE TABLE spool_segments (
  segment     uuid PRIMARY KEY,
  stored_upto bigint NOT NULL,  -- bytes from the segment's beginning
  stored_at   timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- A change that was on disk while newer ones were stored still leaves its event, and each only one.
ALTER TABLE fleet_events ADD COLUMN slot_ms bigint;  -- of the check that caused it
CREATE UNIQUE INDEX fleet_events_server_slot ON fleet_events (server_key, slot_ms);
