-- Texts and series are kept once and named by the facts. So that they go when nothing names them any
-- more, each has a day on which it was last stored again (once a day is enough). No index has it,
-- because then each such note would be written into all of them: upkeep reads the table instead.

ALTER TABLE check_details ADD COLUMN seen_on date NOT NULL DEFAULT CURRENT_DATE;
ALTER TABLE metric_series ADD COLUMN seen_on date NOT NULL DEFAULT CURRENT_DATE;
ALTER TABLE check_details SET (fillfactor = 90);
ALTER TABLE metric_series SET (fillfactor = 90);

GRANT UPDATE (seen_on) ON check_details, metric_series TO muster_ingest;
