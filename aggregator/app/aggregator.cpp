#include "aggregator/app/aggregator.h"

#include <atomic>
#include <optional>
#include <vector>

#include "aggregator/api/api_server.h"
#include "aggregator/app/api_repositories.h"
#include "aggregator/app/blocking_checks.h"
#include "aggregator/app/catalog_in_use.h"
#include "aggregator/app/connection_budget.h"
#include "aggregator/app/daemon_readings.h"
#include "aggregator/app/fanout.h"
#include "aggregator/app/first_token.h"
#include "aggregator/app/fleet_operations.h"
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
#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/embedded_postgres.h"
#include "aggregator/storage/migrations.h"
#include "aggregator/storage/own_fault_events.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "aggregator/storage/rollup_marks.h"
#include "common/base/log.h"
#include "common/base/sd_notify.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr auto kApiPatience = 2s;
constexpr std::size_t kOwnerConnections = 4;
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
  Result<void> open_database(const GiveUp& give_up);
  Result<void> prepare_database();
  Result<void> migrate();
  Result<void> open_network();
  Result<void> open_canaries();
  Result<void> open_pipeline();
  void build_loops();
  void build_readings();
  Result<void> open_api();
  Result<void> load_fleet();
  std::optional<std::string> readiness();
  void stop();

  SystemClock clock;
  Settings settings;
  Wall& wall;
  CatalogInUse catalog;

  std::optional<StateDirectory> state;
  std::optional<EmbeddedPostgres> postgres;
  ConnectionSettings database;
  std::string ingest_role;
  std::optional<ConnectionPool> pool;    // as muster_api: one organization at a time
  std::optional<ConnectionPool> owners;  // as muster_owner: what is above the organizations
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
  std::optional<HealthFanout> results;

  OwnFault own_fault;
  std::optional<OwnFaultEvents> own_fault_events;
  std::unique_ptr<CanaryWatch> canaries;

  std::shared_ptr<TlsContext> tls;
  std::optional<AddressGuard> guard;
  std::vector<std::unique_ptr<ProbingLoop>> loops;
  LoopWatch loop_watch;
  std::optional<FleetScheduler> scheduler;
  std::optional<FleetFanout> fleet;

  MetricsPage metrics{live};
  std::optional<ApiRepositories> repositories;
  std::optional<TokenRepository> tokens;
  std::optional<OrganizationRepository> organizations;
  std::optional<FleetOperations> operations;
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
      .and_then([&] { return parts.open_database(give_up); })
      .and_then([&] { return parts.prepare_database(); })
      .and_then([&] { return parts.open_network(); })
      .and_then([&] { return parts.open_canaries(); })
      .and_then([&] { return parts.open_pipeline(); })
      .and_then([&] {
        parts.build_loops();
        parts.build_readings();
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

// The embedded server is ours to start; an outer one may be away, and then we wait for it.
Result<void> Aggregator::Parts::open_database(const GiveUp& give_up) {
  if (settings.database.url.empty()) {
    EmbeddedPostgresSettings embedded;
    embedded.directory = settings.database.embedded;
    postgres.emplace(std::move(embedded));
    if (auto started = postgres->start(); !started) return started;
    database.conninfo = postgres->connection_string();
  } else {
    database.conninfo = settings.database.url.reveal();
  }
  while (true) {
    const auto opened = Connection::open(database);
    if (opened) return {};
    log::error("database.unreachable", {{"error", opened.error().message}});
    if (give_up(2s)) return fail(opened.error());
  }
}

Result<void> Aggregator::Parts::prepare_database() {
  if (auto migrated = migrate(); !migrated) return migrated;
  pool.emplace(database.as(kApiRole), static_cast<std::size_t>(settings.database.pool));
  owners.emplace(database.as(kOwnerRole), kOwnerConnections);
  secret_upkeep.emplace(*owners);
  upkeep.emplace(
      PartitionWorkerSettings{database.as(kOwnerRole),
                              settings.storage.tables,
                              {settings.storage.archive, settings.storage.archive_directory}},
      clock, [this] {
        auto done = tokens->remove_ended(clock.wall() - kEndedTokensStay);
        return done ? secret_upkeep->run_once(clock.wall()) : done;
      });
  upkeep->partitions().set_finalised_until(
      [span = rollup_span(settings)](Connection& connection, const PartitionedTable& table) {
        return rolled_up_until(connection, table.name, span);
      });
  upkeep->prepare();

  keys.emplace(*owners, settings.key_file, clock);
  if (auto opened = keys->open(); !opened) return opened;
  secrets.emplace(*keys);

  organizations.emplace(*owners);
  if (auto made = organizations->ensure(std::string(kDefaultOrganization)); !made)
    return fail(made.error());
  tokens.emplace(*pool, *owners, clock);
  return ensure_first_token(*tokens, state->path() / "admin.token");
}

Result<void> Aggregator::Parts::migrate() {
  auto connection = Connection::open(database);
  if (!connection) return fail(connection.error());
  const auto applied = Migrations::built_in().apply(*connection);
  if (!applied) return fail(applied.error());
  if (*applied > 0) log::info("database.migrated", {{"migrations", *applied}});
  auto role = DatabaseRoles::for_ingestion(*connection);
  if (!role) return fail(role.error());
  ingest_role = std::move(*role);
  return {};
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
  own_fault_events.emplace(*owners);
  auto made = CanaryWatch::make(wanted, own_fault, *own_fault_events, clock);
  if (!made) return fail(made.error().in("probing.canaries"));
  canaries = std::move(*made);
  own_fault_events->start();
  canaries->start();
  return {};
}

Result<void> Aggregator::Parts::open_pipeline() {
  auto store = std::make_unique<PostgresBatchStore>(database.as(ingest_role),
                                                    settings.writer.series_per_server);
  auto opened = ResultPipeline::open(pipeline_setup(settings), std::move(store), clock);
  if (!opened) return fail(opened.error());
  pipeline = std::move(*opened);
  results.emplace(live, pipeline->sink());
  pipeline->start();
  upkeep->start();
  rollups.emplace(database.as(kOwnerRole), rollup_span(settings), clock);
  rollups->start();
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
  fleet.emplace(live, *scheduler);
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

Result<void> Aggregator::Parts::open_api() {
  repositories.emplace(*pool, *owners, *secrets, settings);
  ApiSettings serving = settings.api;
  serving.max_connections = static_cast<int>(api_connections);
  operations.emplace(FleetOperations::Surroundings{
      *pool, database.as(kOwnerRole), repositories->servers, *fleet, *scheduler, live, clock});
  checks.emplace(operations->checks());
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
  auto loaded = repositories->servers.load_all(*owners, [&](Server server) {
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
  auto lease = pool->lease();
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
  pool.reset();
  owners.reset();
  if (postgres) postgres->stop();
}

}  // namespace muster
