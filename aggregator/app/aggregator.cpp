#include "aggregator/app/aggregator.h"

#include <atomic>
#include <optional>
#include <vector>

#include "aggregator/api/api_server.h"
#include "aggregator/app/api_repositories.h"
#include "aggregator/app/blocking_checks.h"
#include "aggregator/app/catalog_in_use.h"
#include "aggregator/app/connection_budget.h"
#include "aggregator/app/daemon_database.h"
#include "aggregator/app/daemon_readings.h"
#include "aggregator/app/fanout.h"
#include "aggregator/app/first_token.h"
#include "aggregator/app/fleet_operations.h"
#include "aggregator/app/known_fleet.h"
#include "aggregator/app/last_call.h"
#include "aggregator/app/loop_watch.h"
#include "aggregator/app/partition_readings.h"
#include "aggregator/app/pipeline_setup.h"
#include "aggregator/app/plugin_readings.h"
#include "aggregator/app/probing_loop.h"
#include "aggregator/app/rollup_span.h"
#include "aggregator/app/rollup_thread.h"
#include "aggregator/app/state_directory.h"
#include "aggregator/app/upkeep.h"
#include "aggregator/ownfault/canary_watch.h"
#include "aggregator/ownfault/usual_canaries.h"
#include "aggregator/spool/result_pipeline.h"
#include "aggregator/storage/cursor_key.h"
#include "aggregator/storage/event_retention.h"
#include "aggregator/storage/own_fault_events.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "common/base/log.h"
#include "common/base/sd_notify.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr auto kApiPatience = 2s;
constexpr auto kDatabasePatience = 2500ms;  // when we stop, for whoever borrows a connection
constexpr auto kEndedTokensStay = std::chrono::hours(24 * 90);

void report_reload_refused(const Faults& faults) {
  for (const Fault& fault : faults) log::error("config.fault", {{"fault", fault.to_string()}});
  log::error("config.reload_refused", {{"faults", faults.size()}});
}

}  // namespace

// In the order in which data flows; each part uses only those above it.
struct Aggregator::Parts {
  Parts(Settings settings_, Wall& wall_, ProbeCatalog catalog_)
      : settings(std::move(settings_)), wall(wall_), catalog(clock, wall_, std::move(catalog_)) {}

  Result<void> open_state();
  Result<void> prepare_database();
  Result<void> open_network();
  Result<void> open_canaries();
  Result<void> open_pipeline(const GiveUp& give_up);
  void build_loops();
  void build_readings();
  void build_operations();
  Result<void> open_api();
  Result<void> load_fleet();
  std::optional<std::string> readiness();
  void stop();

  SystemClock clock;
  Settings settings;
  Wall& wall;
  CatalogInUse catalog;

  std::optional<StateDirectory> state;
  DaemonDatabase database{settings.database};
  std::optional<SecretUpkeep> secret_upkeep;
  std::optional<Upkeep> upkeep;
  std::optional<RollupThread> rollups;
  std::optional<KeyRing> keys;
  std::optional<SecretBox> secrets;

  ScheduleCounters schedule_counters;
  ProbingCounters probing_counters;
  ReloadState reload_state;
  LiveTable live;
  std::unique_ptr<ResultPipeline> pipeline;
  LeftChanges left_changes;
  std::optional<HealthFanout> results;

  OwnFault own_fault;
  std::optional<OwnFaultEvents> own_fault_events;
  std::unique_ptr<CanaryWatch> canaries;

  std::shared_ptr<TlsContext> tls;
  std::optional<AddressGuard> guard;
  std::vector<std::unique_ptr<ProbingLoop>> loops;
  LoopWatch loop_watch;
  std::optional<FleetScheduler> scheduler;
  std::optional<FleetFanout> everywhere;
  std::optional<KnownFleet> fleet;  // and from there everywhere

  MetricsPage metrics{live};
  std::optional<ApiRepositories> repositories;
  std::optional<TokenRepository> tokens;
  std::optional<OrganizationRepository> organizations;
  std::optional<FleetOperations> operations;
  std::optional<PageCursors> cursors;
  std::optional<BlockingChecks> checks;
  std::size_t api_connections = 0;
  std::optional<ApiServer> api;
  std::atomic<bool> fleet_loaded{false};
};

Aggregator::Aggregator(Settings settings, Wall& wall, ProbeCatalog catalog)
    : parts_(std::make_unique<Parts>(std::move(settings), wall, std::move(catalog))) {}

Aggregator::~Aggregator() {
  stop();
}

Result<void> Aggregator::start(const GiveUp& give_up) {
  Parts& parts = *parts_;
  return parts.open_state()
      .and_then([&] { return parts.database.open(give_up); })
      .and_then([&] { return parts.prepare_database(); })
      .and_then([&] { return parts.open_network(); })
      .and_then([&] { return parts.open_canaries(); })
      .and_then([&] { return parts.open_pipeline(give_up); })
      .and_then([&] {
        parts.build_loops();
        parts.build_readings();
        parts.build_operations();
        return parts.open_api();
      })
      .and_then([&] { return parts.load_fleet(); });
}

// Also lets go of probes that a reload has replaced, once no loop has them any more.
bool Aggregator::look_after() {
  if (parts_->catalog.let_go()) parts_->live.keep_probes(parts_->catalog.now().names());
  return parts_->loop_watch.look(parts_->clock.now());
}

void Aggregator::stop() {
  parts_->stop();
}

Result<void> Aggregator::Parts::open_state() {
  auto opened = StateDirectory::open(settings.state_dir);
  if (!opened) return fail(opened.error());
  state.emplace(std::move(*opened));
  return {};
}

Result<void> Aggregator::Parts::prepare_database() {
  secret_upkeep.emplace(database.owners());
  upkeep.emplace(
      PartitionWorkerSettings{database.as_owner(),
                              settings.storage.tables,
                              {settings.storage.archive, settings.storage.archive_directory}},
      clock,
      Upkeep::Tasks{[this] { return secret_upkeep->run_once(clock.wall()); },
                    [this, events = EventRetention(database.owners(), settings.storage.events)] {
                      return events.run_once(clock.wall());
                    },
                    [this] { return tokens->remove_ended(clock.wall() - kEndedTokensStay); }});
  upkeep->partitions().set_finalised_until(
      [span = rollup_span(settings)](Connection& connection, const PartitionedTable& table) {
        return Roller::done_with(connection, table.name, span);
      });
  upkeep->prepare();

  keys.emplace(database.owners(), settings.key_file, clock);
  if (auto opened = keys->open(); !opened) return opened;
  secrets.emplace(*keys);

  organizations.emplace(database.owners());
  if (auto made = organizations->ensure(std::string(kDefaultOrganization)); !made) {
    return fail(made.error());
  }
  tokens.emplace(database.pool(), database.owners(), clock);
  return ensure_first_token(*tokens, state->path() / "admin.token");
}

Result<void> Aggregator::Parts::open_network() {
  auto context = TlsContext::make(settings.probing.ca_file);
  if (!context) return fail(context.error().in("probing.ca_file"));
  tls = std::move(*context);
  auto made = AddressGuard::make(settings.probing.allow_networks, settings.probing.deny_networks);
  if (!made) return fail(made.error().in("probing"));
  guard.emplace(std::move(*made));
  return {};
}

Result<void> Aggregator::Parts::open_canaries() {
  OwnFaultSettings wanted = settings.probing.own_fault;
  if (!wanted.canaries) wanted.canaries = usual_canaries(settings.probing.dns_servers);
  own_fault_events.emplace(database.owners());
  auto made = CanaryWatch::make(wanted, own_fault, *own_fault_events, clock);
  if (!made) return fail(made.error().in("probing.canaries"));
  canaries = std::move(*made);
  own_fault_events->start();
  canaries->start();
  return {};
}

Result<void> Aggregator::Parts::open_pipeline(const GiveUp& give_up) {
  auto store =
      std::make_unique<PostgresBatchStore>(database.as_ingest(), settings.writer.series_per_server);
  auto opened = ResultPipeline::open(pipeline_setup(settings), std::move(store), clock);
  if (!opened) return fail(opened.error());
  pipeline = std::move(*opened);
  results.emplace(live, pipeline->sink());
  const std::vector<SealedSegment> left = pipeline->backlog().waiting();
  pipeline->start();
  upkeep->start();
  rollups.emplace(database.as_owner(), rollup_span(settings), clock);
  rollups->start();
  bool stopped = false;
  left_changes = read_left_changes(left, [&] { return stopped = give_up(0ms); });
  if (stopped) return fail(ErrorCode::kUnavailable, "told to stop");
  return {};
}

void Aggregator::Parts::build_loops() {
  const std::size_t count = wall.loops();
  const ConnectionBudget budget =
      connection_budget(settings.probing.max_connections, settings.api.max_connections);
  api_connections = budget.api;
  const ProbingLoop::Environment environment{clock,
                                             tls,
                                             *guard,
                                             schedule_counters,
                                             probing_counters,
                                             *results,
                                             own_fault,
                                             settings.probing.breaker,
                                             settings.probing.dns_servers,
                                             budget.probes / count};
  std::vector<FleetScheduler::Place> places;
  std::vector<EventLoop*> all;
  for (std::size_t number = 0; number < count; ++number) {
    loops.push_back(std::make_unique<ProbingLoop>(static_cast<int>(number), environment));
    all.push_back(&loops.back()->loop());
  }
  wall.attach(all);
  for (const auto& loop : loops) {
    loop->set_probes(catalog.now());
    loop->start();
    loop_watch.add(loop->loop());
    places.push_back({&loop->loop(), &loop->scheduler()});
  }
  scheduler.emplace(std::move(places));
  everywhere.emplace(live, *scheduler);
  fleet.emplace(std::move(left_changes), *everywhere);
}

void Aggregator::Parts::build_readings() {
  add_build_readings(metrics.readings(), reload_state);
  add_schedule_readings(metrics.readings(), schedule_counters);
  add_probing_readings(metrics.readings(), probing_counters);
  add_spool_readings(metrics.readings(), *pipeline);
  add_writer_readings(metrics.readings(), pipeline->writer());
  add_partition_readings(metrics.readings(), upkeep->partitions(), clock);
  add_rollup_readings(metrics.readings(), rollups->readings(), clock);
  add_secret_readings(metrics.readings(), *secret_upkeep);
  add_plugin_readings(metrics.readings(), [this] { return catalog.plugin_status(); });
  add_own_fault_readings(metrics.readings(), own_fault, *canaries);
  for (std::size_t i = 0; i < loops.size(); ++i) {
    add_loop_readings(metrics.readings(), loops[i]->loop(),
                      [this, i] { return loop_watch.stuck(i); });
    add_http_readings(metrics.readings(), loops[i]->http(), loops[i]->loop().name());
  }
}

void Aggregator::Parts::build_operations() {
  repositories.emplace(database.pool(), database.owners(), *secrets, settings);
  operations.emplace(FleetOperations::Surroundings{
      database.pool(), database.as_owner(), repositories->servers, *fleet, *scheduler, live,
      *organizations, [this](const Server& server) { return catalog.checks_per_second(server); },
      clock});
  checks.emplace(operations->checks(), settings.api.threads);
}

Result<void> Aggregator::Parts::open_api() {
  ApiSettings serving = settings.api;
  serving.max_connections = static_cast<int>(api_connections);
  auto cursor_key = read_cursor_key(database.owners());
  if (!cursor_key) return fail(cursor_key.error());
  cursors.emplace(std::move(*cursor_key));
  api.emplace(ApiContext{repositories->servers,
                         repositories->server_import,
                         repositories->groups,
                         repositories->group_members,
                         repositories->history,
                         repositories->metrics_history,
                         repositories->availability,
                         repositories->partitions,
                         *tokens,
                         *organizations,
                         repositories->sessions,
                         repositories->audit,
                         repositories->idempotency,
                         repositories->events,
                         *cursors,
                         live,
                         metrics,
                         operations->announcer(),
                         *checks,
                         clock,
                         [this] { return readiness(); },
                         [this] { return upkeep->partitions().status(); },
                         {[this] { return catalog.plugin_status(); },
                          [this](const std::string& plugin) { return wall.lift(plugin); }},
                         [this](const Server& server) { return catalog.checks_per_second(server); },
                         operations->control(),
                         serving});
  const auto port = api->start();
  if (!port) return fail(port.error().in("api"));
  log::info("api.listening", {{"address", settings.api.listen}, {"port", *port}});
  return {};
}

Result<void> Aggregator::Parts::load_fleet() {
  std::size_t count = 0;
  auto loaded = repositories->servers.load_all(database.owners(), [&](Server server) {
    ++count;
    fleet->upsert(std::make_shared<const Server>(std::move(server)));
  });
  if (!loaded) return loaded;
  fleet_loaded = true;
  operations->start();  // now every server is scheduled
  log::info("fleet.loaded", {{"servers", count},
                             {"probes", catalog.now().specs().size()},
                             {"plugins", catalog.now().plugins().size()},
                             {"loops", loops.size()}});
  return {};
}

std::optional<std::string> Aggregator::Parts::readiness() {
  if (!fleet_loaded) return "the fleet is being loaded";
  auto lease = database.pool().lease();
  if (!lease || !(*lease)->exec("SELECT 1")) return "the database does not answer";
  return std::nullopt;
}

void Aggregator::reload(tl::expected<Settings, Faults> settings,
                        const PluginSet::StillAlive& still_alive) {
  Parts& parts = *parts_;
  if (parts.api) parts.api->reload_tls();
  tl::expected<ProbeCatalog, Faults> catalog = settings.and_then(
      [&](const Settings& wanted) { return parts.catalog.build(wanted, still_alive); });
  parts.reload_state.successful = catalog.has_value();
  if (!catalog) return report_reload_refused(catalog.error());
  parts.reload_state.last_success_unix_s =
      std::chrono::duration_cast<std::chrono::seconds>(parts.clock.wall().time_since_epoch())
          .count();
  log::start(settings->log_level);
  for (const std::string& section : sections_for_restart(parts.settings, *settings)) {
    log::warn("config.needs_restart", {{"section", section}});
  }
  for (const auto& loop : parts.loops) loop->set_probes(*catalog);
  parts.catalog.replace(std::move(*catalog));
  log::info("config.reloaded", {{"probes", parts.catalog.now().specs().size()}});
}

// Against the flow: nothing new comes in, what is in flight ends, what is queued is stored.
void Aggregator::Parts::stop() {
  fleet_loaded = false;
  const LastCall last_call(database.give_up_statements(), kDatabasePatience);
  if (api) api->stop(kApiPatience);
  if (operations) operations->stop();
  for (const auto& loop : loops) loop->stop();
  wall.detach();
  if (canaries) canaries->stop();
  if (pipeline) pipeline->stop();
  if (own_fault_events) own_fault_events->stop();
  if (upkeep) upkeep->stop();
  if (rollups) rollups->stop();
  api.reset();
  loops.clear();
  own_fault_events.reset();
  database.close();
}

}  // namespace muster
