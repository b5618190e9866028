-- rollup_note() also tells the writer how far the facts are rolled up, so that it can count the rows
-- that came later than that; null while nothing is.

DROP FUNCTION rollup_note(timestamptz[]);

CREATE FUNCTION rollup_note(buckets timestamptz[]) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  mark timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(5570193308);
  SELECT upto INTO mark FROM rollup_mark WHERE rollup = 'facts';
  INSERT INTO rollup_dirty (rollup, ts)
  SELECT level.rollup, b
  FROM unnest(buckets) AS b
  CROSS JOIN (VALUES ('health_5m'), ('metrics_5m'), ('custom_5m')) AS level (rollup)
  WHERE b < mark;
  RETURN mark;
END $$;
