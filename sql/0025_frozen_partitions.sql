-- Partitions whose time is over were frozen once, so that PostgreSQL never has to rewrite them by
-- itself, all at once, to keep its transaction numbers apart.
CREATE TABLE partition_frozen (
  partition oid PRIMARY KEY,  -- of its table: one that is restored is another one
  frozen_at timestamptz NOT NULL DEFAULT now()
);
