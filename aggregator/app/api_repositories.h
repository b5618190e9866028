// What the API reads and writes in the database, made once the pools and the key ring are there.
// Owned by app/; thread-safe.
#pragma once

#include "aggregator/settings/settings.h"
#include "aggregator/storage/audit_repository.h"
#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/event_repository.h"
#include "aggregator/storage/group_members.h"
#include "aggregator/storage/group_repository.h"
#include "aggregator/storage/history_repository.h"
#include "aggregator/storage/idempotency_repository.h"
#include "aggregator/storage/partition_repository.h"
#include "aggregator/storage/rollup/availability_history.h"
#include "aggregator/storage/rollup/metrics_history.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/server_import.h"
#include "aggregator/storage/server_repository.h"
#include "aggregator/storage/session_repository.h"

namespace muster {

struct ApiRepositories {
  // `tenants` sees one organization at a time, `owners` all of them.
  ApiRepositories(ConnectionPool& tenants, ConnectionPool& owners, const SecretBox& secrets,
                  const Settings& settings);

  ServerRepository servers;
  ServerImport server_import;
  GroupRepository groups;
  GroupMembers group_members;
  HistoryRepository history;
  MetricsHistory metrics_history;
  AvailabilityHistory availability;
  PartitionRepository partitions;
  SessionRepository sessions;
  AuditRepository audit;
  IdempotencyRepository idempotency;
  EventRepository events;
};

}  // namespace muster
