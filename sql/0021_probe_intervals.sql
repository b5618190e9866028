-- How often a probe asks belongs to what a check means: a state holds for as long as the server is
-- left alone between checks. A probe whose interval changes gets a new number, so that older checks
-- go on meaning what they meant.

ALTER TABLE probes
  ADD COLUMN every_seconds int NOT NULL DEFAULT 0,  -- 0: not known, from before this migration
  DROP CONSTRAINT probes_name_key,
  ADD CONSTRAINT probes_key UNIQUE (name, every_seconds);
