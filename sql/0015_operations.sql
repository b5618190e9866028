-- The targets of an operation, frozen when it is made, a row each. Both foreign keys carry org_id,
-- so a target belongs to no operation and no server of another organization. A server may go: its
-- target then loses the key and stays.

-- Limits in numbers of targets, computed from what was asked for when the targets were frozen.
ALTER TABLE fleet_operations
  DROP COLUMN targets,
  DROP COLUMN result,
  ADD COLUMN parameters             jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN total                  int NOT NULL DEFAULT 0,
  ADD COLUMN targets_by_state       jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN waves                  int NOT NULL DEFAULT 1,
  ADD COLUMN max_concurrency        int NOT NULL DEFAULT 1,
  ADD COLUMN max_errors             int NOT NULL DEFAULT 0,
  ADD COLUMN target_timeout_seconds int NOT NULL DEFAULT 30,
  ADD COLUMN deadline_seconds       int NOT NULL DEFAULT 3600,
  ADD COLUMN pause_between_seconds  int NOT NULL DEFAULT 0,
  ADD COLUMN stop_reason            text
             CHECK (stop_reason IN ('canceled', 'max_errors', 'deadline')),
  ADD CONSTRAINT fleet_operations_org_id_id_key UNIQUE (org_id, id);

CREATE INDEX fleet_operations_unfinished ON fleet_operations (org_id, created_at, id)
  WHERE finished_at IS NULL;
CREATE INDEX fleet_operations_finished ON fleet_operations (finished_at)
  WHERE finished_at IS NOT NULL;

CREATE TABLE fleet_operation_targets (
  operation_id uuid NOT NULL,
  org_id       int NOT NULL,
  ordinal      int NOT NULL,
  wave         int NOT NULL,
  server_key   int,
  server_id    uuid NOT NULL,
  server_name  text NOT NULL,
  state        text NOT NULL DEFAULT 'pending'
               CHECK (state IN ('pending', 'skipped', 'running', 'succeeded', 'failed', 'timed_out',
                                'unreachable', 'canceled', 'interrupted')),
  attempts     int NOT NULL DEFAULT 0,
  started_at   timestamptz,
  finished_at  timestamptz,
  output       text NOT NULL DEFAULT '' CHECK (octet_length(output) <= 4096),
  PRIMARY KEY (operation_id, ordinal),
  CONSTRAINT fleet_operation_targets_operation_fkey FOREIGN KEY (org_id, operation_id)
    REFERENCES fleet_operations (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fleet_operation_targets_server_fkey FOREIGN KEY (org_id, server_key)
    REFERENCES managed_servers (org_id, server_key) ON DELETE SET NULL (server_key)
) WITH (fillfactor = 60);

-- For servers that go. Not with org_id: before the first ANALYZE it would be taken for the primary
-- key's equal, and then each change of a target reads all targets of the organization.
CREATE INDEX fleet_operation_targets_server ON fleet_operation_targets (server_key);

SELECT muster_guard_tenants();

GRANT INSERT ON fleet_operation_targets TO muster_api;
