// All that the API needs of the rest of the daemon. References outlive the API; all of them are
// thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/api/check_requests.h"
#include "aggregator/api/fleet_announcer.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/export/metrics_page.h"
#include "aggregator/live/live_table.h"
#include "aggregator/operations/operation_actions.h"
#include "aggregator/settings/api_settings.h"
#include "aggregator/storage/audit_repository.h"
#include "aggregator/storage/event_repository.h"
#include "aggregator/storage/group_members.h"
#include "aggregator/storage/group_repository.h"
#include "aggregator/storage/history_repository.h"
#include "aggregator/storage/idempotency_repository.h"
#include "aggregator/storage/operation_repository.h"
#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/partition_repository.h"
#include "aggregator/storage/partition_status.h"
#include "aggregator/storage/rollup/availability_history.h"
#include "aggregator/storage/rollup/metrics_history.h"
#include "aggregator/storage/server_import.h"
#include "aggregator/storage/server_repository.h"
#include "aggregator/storage/session_repository.h"
#include "aggregator/storage/token_repository.h"
#include "common/base/clock.h"
#include "common/model/plugin_status.h"

namespace muster {

// Why the daemon cannot serve yet, or any more; nothing when it can. Callable from any thread.
using Readiness = std::function<std::optional<std::string>()>;

// The plugins of this daemon, and the way out of quarantine: false when there is no such process.
struct PluginControl {
  std::function<std::vector<PluginStatus>()> status;
  std::function<bool(const std::string& plugin)> lift;
};

// Operations, which kinds of them there are, and whom to tell of one to run or to cancel.
struct OperationControl {
  OperationRepository& repository;
  const OperationActions& actions;
  std::function<void()> wake;
};

struct ApiContext {
  ServerRepository& servers;
  ServerImport& server_import;
  GroupRepository& groups;
  GroupMembers& group_members;
  HistoryRepository& history;
  MetricsHistory& metrics_history;
  AvailabilityHistory& availability;
  PartitionRepository& partitions;
  TokenRepository& tokens;
  OrganizationRepository& organizations;
  SessionRepository& sessions;
  AuditRepository& audit;
  IdempotencyRepository& idempotency;
  EventRepository& events;
  const PageCursors& cursors;
  const LiveTable& live;
  const MetricsPage& metrics;
  FleetAnnouncer& announcer;
  CheckRequests& checks;
  const Clock& clock;
  Readiness ready;
  std::function<PartitionStatus()> partition_status;  // of this daemon's maintenance
  PluginControl plugins;
  std::function<double(const Server&)> checks_per_second;  // that the probes ask of such a server
  OperationControl operations;
  ApiSettings settings;
};

}  // namespace muster
