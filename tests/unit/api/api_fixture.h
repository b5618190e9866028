// The API without a socket on a real database: two organizations, a token of each role, a live
// table, a recording fleet and a prober that answers what the test says. One a test.
#pragma once

#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Query.h>
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/api/api.h"
#include "aggregator/api/request_target.h"
#include "aggregator/operations/probe_action.h"
#include "aggregator/operations/set_status_action.h"
#include "aggregator/storage/bearer_token.h"
#include "common/base/sha256.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/test_secrets.h"
#include "tests/unit/api/contract_checker.h"

namespace muster::test {

class RecordingFleet final : public FleetSink {
 public:
  explicit RecordingFleet(LiveTable& live) : live_(live) {}

  void upsert(ServerPointer server) override {
    live_.upsert(server);
    upserted.push_back(std::move(server));
  }
  void remove(ServerPointer server) override {
    live_.remove(server);
    removed.push_back(std::move(server));
  }

  std::vector<ServerPointer> upserted;
  std::vector<ServerPointer> removed;

 private:
  LiveTable& live_;
};

class ScriptedChecks final : public CheckRequests {
 public:
  Result<std::vector<CheckResult>> check_now(OrganizationKey, ServerKey server,
                                             std::chrono::milliseconds patience) override {
    asked.push_back(server);
    CPPUNIT_ASSERT(patience > std::chrono::seconds(1));
    return script(server);
  }
  Result<std::vector<CheckResult>> measure_now(OrganizationKey, ServerKey server,
                                               std::chrono::milliseconds patience) override {
    measured.push_back(server);
    CPPUNIT_ASSERT(patience > std::chrono::seconds(1));
    return script(server);
  }

  std::vector<ServerKey> asked;
  std::vector<ServerKey> measured;
  std::function<Result<std::vector<CheckResult>>(ServerKey)> script = [](ServerKey) {
    return std::vector<CheckResult>{};
  };
};

class NoChecks final : public ServerChecks {
 public:
  void check(ServerKey, ChecksWanted, Answer) override {}
};

struct ApiFixture {
  explicit ApiFixture(ApiSettings settings = {}, std::optional<ConnectionSettings> database = {})
      : pool(database.value_or(data.settings(kApiRole)), 4, std::chrono::seconds(2)),
        owners(database.value_or(data.settings(kOwnerRole)), 4, std::chrono::seconds(2)),
        api(context(std::move(settings))) {
    clock.set_wall(TestDatabase::kNow);
    seed();
  }

  // `token`: "viewer", "operator", "admin", "platform", "other" (an admin of another
  // organization), "expired", "revoked"; empty: none.
  ApiResponse ask(const std::string& token, const std::string& method, const std::string& target,
                  const std::string& body = "", std::map<std::string, std::string> headers = {}) {
    ApiRequest request{method, target, std::move(headers), body, "request-1"};
    if (!token.empty()) request.headers["authorization"] = "Bearer " + secret(token);
    if (!body.empty()) request.headers.try_emplace("content-type", "application/json");
    ApiResponse response = api.handle(request);
    keeps_the_contract(request, response);
    return response;
  }

  // Every answer of every test; what has no route has no contract.
  void keeps_the_contract(const ApiRequest& request, const ApiResponse& response) {
    const auto target = parse_target(request.target);
    const auto match = target ? router.find(request.method, target->segments) : RouteMatch();
    if (!match.route) return;
    const std::string operation = match.route->method + " " + match.route->pattern;
    const auto mistake = ContractChecker::of_this_build().complaint(operation, response);
    CPPUNIT_ASSERT_MESSAGE(mistake.value_or("") + "\n" + response.body, !mistake);
  }

  // The token behind one of the names above, or behind a name that nobody has; a token itself, and
  // what cannot be one, stay as they are.
  static std::string secret(std::string name) {
    if (name.starts_with(kApiTokenPrefix) || name.find(' ') != std::string::npos) return name;
    name.resize(30, '0');
    return with_checksum(std::string(kApiTokenPrefix) + name);
  }

  ApiResponse get(const std::string& target) { return ask("viewer", "GET", target); }
  ApiResponse post(const std::string& body) {
    return ask("admin", "POST", "/api/v1/fleet/servers", body);
  }

  // Registers a server of this name and returns its id.
  std::string add(const std::string& name, const std::string& more = "",
                  const std::string& token = "admin") {
    const auto response =
        ask(token, "POST", "/api/v1/fleet/servers",
            R"({"name":")" + name + R"(","api_url":"http://)" + name + R"(.example")" + more + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 201, response.status);
    return at(response, "id");
  }

  static std::string path_of(const std::string& id) { return "/api/v1/fleet/servers/" + id; }

  // The value at "items[0].name" as text; "null" for null, "-" when it is not there.
  static std::string at(const ApiResponse& response, const std::string& place) {
    const auto tree = Poco::JSON::Parser().parse(response.body);
    const std::size_t dot = place.rfind('.');
    const std::string name = dot == std::string::npos ? place : place.substr(dot + 1);
    const std::string parent = dot == std::string::npos ? "" : place.substr(0, dot);
    const auto object = Poco::JSON::Query(tree).findObject(parent);
    if (name.find('[') != std::string::npos) {
      const auto item = Poco::JSON::Query(tree).find(place);
      return item.isEmpty() ? "-" : item.toString();
    }
    if (!object || !object->has(name)) return "-";
    const auto value = object->get(name);
    return value.isEmpty() ? "null" : value.toString();
  }

  static std::size_t items(const ApiResponse& response) {
    const auto tree = Poco::JSON::Parser().parse(response.body);
    return tree.extract<Poco::JSON::Object::Ptr>()->getArray("items")->size();
  }

  static CheckResult result(const ServerPointer& server, CheckStatus status) {
    ProbeSpec spec;
    spec.name = "health";
    CheckResult result;
    result.server = server;
    result.probe = std::make_shared<const ProbeSpec>(std::move(spec));
    result.status = status;
    result.started_at = TestDatabase::kNow;
    result.slot_ms = TestDatabase::kNow.time_since_epoch().count() / 1000;
    result.duration = std::chrono::microseconds(12'500);
    return result;
  }

  TestDatabase data;
  TestSecrets secrets{data};
  FakeClock clock;
  ConnectionPool pool;
  ConnectionPool owners;
  ServerRepository servers{pool, secrets.box};
  ServerImport server_import{pool, secrets.box};
  GroupRepository groups{pool};
  GroupMembers group_members{pool};
  HistoryRepository history{pool};
  MetricsHistory metrics_history{pool, {}};
  AvailabilityHistory availability{pool, {}};
  PartitionRepository partitions{owners};
  PartitionStatus partition_status;
  std::vector<PluginStatus> plugins;
  std::string lifted;  // the plugin that was last taken out of quarantine
  TokenRepository tokens{pool, owners, clock};
  OrganizationRepository organizations{owners};
  SessionRepository sessions{owners};
  AuditRepository audit{pool, owners};
  IdempotencyRepository idempotency{pool, owners, secrets.box};
  EventRepository events{pool, owners};
  PageCursors cursors{Secret("the key of the test")};
  LiveTable live;
  MetricsPage metrics{live};
  RecordingFleet fleet{live};
  FleetAnnouncer announcer{servers, fleet};
  ScriptedChecks checks;
  NoChecks no_checks;
  OperationRepository operations{pool};
  OperationActions actions = usual_actions();
  int woken = 0;
  std::optional<std::string> not_ready;
  Api api;
  const Router router{api.routes()};

  ApiContext context(ApiSettings settings) {
    return {servers,
            server_import,
            groups,
            group_members,
            history,
            metrics_history,
            availability,
            partitions,
            tokens,
            organizations,
            sessions,
            audit,
            idempotency,
            events,
            cursors,
            live,
            metrics,
            announcer,
            checks,
            clock,
            [this] { return not_ready; },
            [this] { return partition_status; },
            {[this] { return plugins; }, [this](const std::string& name) { return lift(name); }},
            [](const Server& server) {  // one probe a second
              return server.status == Server::Status::kDisabled ? 0.0 : 1.0;
            },
            {operations, actions, [this] { ++woken; }},
            std::move(settings)};
  }

  // As the daemon has them; running them is not the API's.
  OperationActions usual_actions() {
    OperationActions table;
    table.add(std::make_unique<ProbeAction>(no_checks, ChecksWanted::kHealth));
    table.add(std::make_unique<SetStatusAction>(
        servers, [](OrganizationKey, const Uuid&) { return Result<void>(); },
        [](ServerKey, Server::Status) { return std::nullopt; }));
    return table;
  }

  bool lift(const std::string& name) {
    lifted = name;
    return std::ranges::find(plugins, name, &PluginStatus::name) != plugins.end();
  }

  // Over a connection of its own, so that a fixture with a broken pool is seeded too.
  void seed() {
    ConnectionPool good(data.settings(), 2);
    OrganizationRepository organization(good);
    const OrganizationKey ours = must(organization.ensure("default")).key;
    const OrganizationKey theirs = must(organization.ensure("other")).key;
    TokenRepository writer(good, good, clock);
    for (const auto& [name, role, home] :
         {std::tuple{"viewer", Role::kViewer, ours}, std::tuple{"operator", Role::kOperator, ours},
          std::tuple{"admin", Role::kAdmin, ours}, std::tuple{"other", Role::kAdmin, theirs},
          std::tuple{"platform", Role::kPlatform, 0}, std::tuple{"expired", Role::kAdmin, ours},
          std::tuple{"revoked", Role::kAdmin, ours}}) {
      const auto of = home == 0 ? std::nullopt : std::optional<OrganizationKey>(home);
      must(writer.create({of, role, name, sha256(secret(name)), "mst_test", std::nullopt}));
    }
    data.sql("UPDATE api_tokens SET expires_at = '2020-01-01' WHERE name = 'expired'");
    data.sql("UPDATE api_tokens SET revoked_at = '2020-01-01' WHERE name = 'revoked'");
  }
};

}  // namespace muster::test
