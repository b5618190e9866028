// Many servers at once, on a real database under the API's role.
#include "aggregator/storage/server_import.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <thread>

#include "aggregator/storage/group_repository.h"
#include "aggregator/storage/organization_record.h"
#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/server_repository.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;
using test::TestDatabase;
using Kind = ImportOutcome::Kind;
using Outcomes = ServerImport::Outcomes;

class ServerImportTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerImportTest);
  CPPUNIT_TEST(stores_everything_of_a_server);
  CPPUNIT_TEST(an_update_keeps_secrets_and_groups_that_are_not_named);
  CPPUNIT_TEST(an_update_replaces_secrets_and_groups_that_are_named);
  CPPUNIT_TEST(named_groups_leave_the_filters_alone);
  CPPUNIT_TEST(locks_no_server_while_groups_change);
  CPPUNIT_TEST(makes_groups_in_their_order);
  CPPUNIT_TEST(what_the_database_refuses_spoils_no_other);
  CPPUNIT_TEST(fills_the_quota_to_the_last_place);
  CPPUNIT_TEST(stores_all_or_nothing);
  CPPUNIT_TEST(names_that_are_there_cost_no_keys);
  CPPUNIT_TEST(two_imports_of_the_same_names_get_along);
  CPPUNIT_TEST(sees_no_other_organization);
  CPPUNIT_TEST(the_planner_knows_of_many_at_once);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 4);
    secrets_.emplace(database_);
    OrganizationRepository organizations(secrets_->owners);
    mine_ = must(organizations.ensure("default")).key;
    other_ = must(organizations.ensure("other")).key;
    servers_.emplace(*pool_, secrets_->box);
    import_.emplace(*pool_, secrets_->box);
  }

  void tearDown() override {
    import_.reset();
    servers_.reset();
    secrets_.reset();
    pool_.reset();
  }

 private:
  static NewServer plain(const std::string& name) {
    NewServer server;
    server.name = name;
    server.hostname = name + ".example";
    return server;
  }

  static std::vector<NewServer> many(int count) {
    std::vector<NewServer> servers;
    for (int i = 0; i < count; ++i) servers.push_back(plain("n" + std::to_string(i)));
    return servers;
  }

  static NewServer full() {
    NewServer server = plain("full");
    server.api_url = "https://full.example";
    server.api_token = Secret("a token");
    server.region = "eu-west";
    server.environment = "production";
    server.tags = {"gpu", "has \"quotes\", and {commas}"};
    server.groups = {"web", "db"};
    server.tls = {"ca", "certificate", Secret("key")};
    server.metadata_json = R"({"rack": {"row": 1}})";
    server.status = Server::Status::kMaintenance;
    return server;
  }

  static std::ptrdiff_t count(const Outcomes& outcomes, Kind kind) {
    return std::ranges::count(outcomes, kind, &ImportOutcome::kind);
  }

  Server loaded(const ImportOutcome& outcome) { return must(servers_->load(mine_, *outcome.id)); }

  std::int64_t stored() { return database_.number("SELECT count(*) FROM managed_servers"); }

  void stores_everything_of_a_server() {
    const std::vector<NewServer> servers{full(), plain("bare")};
    const auto outcomes = must(import_->store(mine_, servers, OnConflict::kRefuse));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2}, count(outcomes, Kind::kCreated));
    const ServerRecord record = must(servers_->find(mine_, *outcomes[0].id));
    CPPUNIT_ASSERT_EQUAL(full().metadata_json, record.metadata_json);
    CPPUNIT_ASSERT(record.tags == full().tags);
    CPPUNIT_ASSERT(record.status == Server::Status::kMaintenance);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, record.version);
    const Server server = loaded(outcomes[0]);
    CPPUNIT_ASSERT_EQUAL(std::string("a token"), server.api_token.reveal());
    CPPUNIT_ASSERT_EQUAL(std::string("ca"), server.tls->ca_pem);
    CPPUNIT_ASSERT_EQUAL(std::string("certificate"), server.tls->certificate_pem);
    CPPUNIT_ASSERT_EQUAL(std::string("key"), server.tls->key_pem.reveal());
    CPPUNIT_ASSERT((server.groups == std::vector<std::string>{"db", "web"}));
    const Server bare = loaded(outcomes[1]);
    CPPUNIT_ASSERT_EQUAL(std::string("bare.example"), bare.hostname);
    CPPUNIT_ASSERT(bare.api_token.empty() && !bare.tls && bare.groups.empty());
  }

  void an_update_keeps_secrets_and_groups_that_are_not_named() {
    must(import_->store(mine_, std::vector{full()}, OnConflict::kRefuse));
    const std::vector<NewServer> again{plain("full"), plain("new")};
    const auto outcomes = must(import_->store(mine_, again, OnConflict::kUpdate));
    CPPUNIT_ASSERT(outcomes[0].kind == Kind::kUpdated);
    CPPUNIT_ASSERT(outcomes[1].kind == Kind::kCreated);
    const Server server = loaded(outcomes[0]);
    CPPUNIT_ASSERT_EQUAL(std::string("full.example"), server.hostname);
    CPPUNIT_ASSERT_EQUAL(std::string(), server.api_url + server.region + server.environment);
    CPPUNIT_ASSERT(server.tags.empty() && server.status == Server::Status::kActive);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, server.version);
    CPPUNIT_ASSERT_EQUAL(std::string("a token"), server.api_token.reveal());
    CPPUNIT_ASSERT_EQUAL(std::string("key"), server.tls->key_pem.reveal());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, server.groups.size());
  }

  void an_update_replaces_secrets_and_groups_that_are_named() {
    const auto made = must(import_->store(mine_, std::vector{full()}, OnConflict::kRefuse));
    const WallTime now = TestDatabase::kNow;
    must(servers_->rotate_token(mine_, *made[0].id,
                                {Secret("rotated"), now, now + std::chrono::hours(1)}));
    NewServer again = plain("full");
    again.api_token = Secret("another");
    again.tls = {"", "another certificate", Secret("another key")};
    again.groups = {"cache", "cache"};
    const auto outcomes = must(import_->store(mine_, std::vector{again}, OnConflict::kUpdate));
    const Server server = loaded(outcomes[0]);
    CPPUNIT_ASSERT_EQUAL(std::string("another"), server.api_token.reveal());
    CPPUNIT_ASSERT(!server.previous_token);
    CPPUNIT_ASSERT_EQUAL(std::string("ca"), server.tls->ca_pem);
    CPPUNIT_ASSERT_EQUAL(std::string("another key"), server.tls->key_pem.reveal());
    CPPUNIT_ASSERT((server.groups == std::vector<std::string>{"cache"}));
  }

  void named_groups_leave_the_filters_alone() {
    GroupRecord web;
    web.name = "web";
    web.filter.tags = {"web"};
    must(GroupRepository(*pool_).create(mine_, web));
    std::vector<NewServer> servers{plain("a"), plain("b"), plain("c")};
    servers[0].tags = servers[1].tags = {"web"};
    servers[0].groups = {"db"};
    servers[1].groups = {"web"};
    servers[2].groups = {"web", "db"};
    const auto groups = [&](OnConflict on_conflict) {
      std::vector<std::vector<std::string>> found;
      for (const auto& outcome : must(import_->store(mine_, servers, on_conflict))) {
        found.push_back(loaded(outcome).groups);
      }
      return found;
    };
    using Groups = std::vector<std::vector<std::string>>;
    CPPUNIT_ASSERT((groups(OnConflict::kRefuse) == Groups{{"db", "web"}, {"web"}, {"db", "web"}}));
    servers[0].groups = {"cache"};
    servers[1].groups = {"db"};
    servers[2].groups = {"cache"};
    CPPUNIT_ASSERT(
        (groups(OnConflict::kUpdate) == Groups{{"cache", "web"}, {"db", "web"}, {"cache"}}));
    servers[1].tags = {};  // nothing else kept it in
    CPPUNIT_ASSERT((groups(OnConflict::kUpdate) == Groups{{"cache", "web"}, {"db"}, {"cache"}}));
  }

  // An import that waits for somebody, and goes on when the other commits.
  template <typename Meanwhile>
  void import_behind(Connection& other, const std::vector<NewServer>& servers,
                     Meanwhile meanwhile) {
    Result<Outcomes> outcomes;
    std::thread importing([&] { outcomes = import_->store(mine_, servers, OnConflict::kUpdate); });
    const bool waits = test::eventually(std::chrono::seconds(20), [&] {
      return database_.number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1;
    });
    const auto done = meanwhile();
    const auto ended = other.exec(done ? "COMMIT" : "ROLLBACK");
    importing.join();
    CPPUNIT_ASSERT(waits);
    CPPUNIT_ASSERT_MESSAGE(done ? "" : done.error().message, done.has_value());
    CPPUNIT_ASSERT(ended.has_value());
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t(servers.size()),
                         count(must(outcomes), Kind::kCreated) + count(*outcomes, Kind::kUpdated));
  }

  // Whoever changes groups is about to give their servers a new version.
  void locks_no_server_while_groups_change() {
    must(import_->store(mine_, many(2), OnConflict::kRefuse));
    std::vector<NewServer> again = many(2);
    for (NewServer& server : again) server.region = "eu";
    Connection groups = database_.connect();
    must(groups.exec("BEGIN"));
    must(groups.exec("SELECT muster_change_groups($1)", {mine_}));
    import_behind(groups, again, [&] {
      return groups.exec("SELECT 1 FROM managed_servers FOR NO KEY UPDATE NOWAIT");
    });
  }

  void makes_groups_in_their_order() {
    std::vector<NewServer> servers = many(100);  // so many that only ORDER BY sorts them
    for (int i = 99; i >= 0; --i) servers[99 - i].groups = {"g" + std::to_string(100 + i)};
    const auto make = [&](Connection& connection, const std::string& name) {
      return connection.exec("INSERT INTO server_groups (org_id, name) VALUES ($1, $2)",
                             {mine_, name});
    };
    Connection other = database_.connect();
    must(other.exec("BEGIN"));
    must(make(other, "g100"));
    import_behind(other, servers, [&] { return make(other, "g199"); });
  }

  void what_the_database_refuses_spoils_no_other() {
    std::vector<NewServer> servers = many(700);
    for (const std::size_t bad : {0, 123, 124, 699}) servers[bad].metadata_json = "{";
    const auto outcomes = must(import_->store(mine_, servers, OnConflict::kRefuse));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{696}, count(outcomes, Kind::kCreated));
    for (const std::size_t bad : {0, 123, 124, 699}) {
      CPPUNIT_ASSERT(outcomes[bad].kind == Kind::kRefused && !outcomes[bad].id);
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{696}, stored());
  }

  void fills_the_quota_to_the_last_place() {
    must(import_->store(mine_, std::vector{plain("n7")}, OnConflict::kRefuse));
    database_.sql("UPDATE organizations SET max_servers = 338 WHERE org_id = $1", {mine_});
    const auto outcomes = must(import_->store(mine_, many(1'200), OnConflict::kUpdate));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{337}, count(outcomes, Kind::kCreated));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, count(outcomes, Kind::kUpdated));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{862}, count(outcomes, Kind::kQuotaExceeded));
    CPPUNIT_ASSERT(outcomes[337].kind == Kind::kCreated);
    CPPUNIT_ASSERT(outcomes[338].kind == Kind::kQuotaExceeded);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{338}, stored());
    const auto refused = import_->store_all(mine_, many(400), OnConflict::kSkip);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT_EQUAL(std::string(kServerQuota), refused.error().message);
  }

  void stores_all_or_nothing() {
    must(import_->store(mine_, std::vector{plain("n1100")}, OnConflict::kRefuse));
    const auto taken = must(import_->store_all(mine_, many(1'200), OnConflict::kRefuse));
    CPPUNIT_ASSERT(taken[1'100].kind == Kind::kNameTaken);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored());
    std::vector<NewServer> bad = many(1'200);
    bad[1'199].metadata_json = "{";
    const auto refused = import_->store_all(mine_, bad, OnConflict::kSkip);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kInvalid);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored());
    const auto all = must(import_->store_all(mine_, many(1'200), OnConflict::kSkip));
    CPPUNIT_ASSERT(all[1'100].kind == Kind::kSkipped && all[1'100].id);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1'200}, stored());
  }

  // A server_key is an int and never reused; a list may be imported every hour.
  void names_that_are_there_cost_no_keys() {
    const std::vector<NewServer> servers = many(50);
    must(import_->store(mine_, servers, OnConflict::kRefuse));
    must(import_->store(mine_, servers, OnConflict::kSkip));
    must(import_->store(mine_, servers, OnConflict::kUpdate));
    must(import_->foresee(mine_, many(60), OnConflict::kUpdate));
    const auto next = must(import_->store(mine_, std::vector{plain("x")}, OnConflict::kRefuse));
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{50},
        database_.number("SELECT max(server_key) - min(server_key) FROM managed_servers"));
  }

  void two_imports_of_the_same_names_get_along() {
    constexpr int kThreads = 3;
    std::array<std::ptrdiff_t, kThreads> made{};
    std::array<std::ptrdiff_t, kThreads> skipped{};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        std::vector<NewServer> servers = many(2'000);
        std::ranges::rotate(servers, servers.begin() + i * 700);
        const auto outcomes = import_->store(mine_, servers, OnConflict::kSkip);
        if (!outcomes) return;
        made[i] = count(*outcomes, Kind::kCreated);
        skipped[i] = count(*outcomes, Kind::kSkipped);
      });
    }
    for (std::thread& thread : threads) thread.join();
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2'000}, made[0] + made[1] + made[2]);
    for (int i = 0; i < kThreads; ++i) {
      CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2'000}, made[i] + skipped[i]);
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2'000}, stored());
  }

  void sees_no_other_organization() {
    must(import_->store(other_, many(3), OnConflict::kRefuse));
    const auto outcomes = must(import_->store(mine_, many(3), OnConflict::kUpdate));
    CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{3}, count(outcomes, Kind::kCreated));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         database_.number("SELECT max(version) FROM managed_servers"));
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<test::TestSecrets> secrets_;
  OrganizationKey mine_ = 0;
  OrganizationKey other_ = 0;
  std::optional<ServerRepository> servers_;
  std::optional<ServerImport> import_;

  // Otherwise pages of the list are sorted from all servers until autovacuum comes by.
  void the_planner_knows_of_many_at_once() {
    const auto known = [&] {
      Connection owner = must(Connection::open(database_.settings(kOwnerRole)));
      return must(owner.exec("SELECT reltuples::bigint FROM pg_class WHERE relname = "
                             "'managed_servers'"))
          .integer(0, 0);
    };
    must(import_->store(mine_, many(99), OnConflict::kRefuse));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-1}, known());
    must(import_->store(mine_, many(300), OnConflict::kSkip));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{300}, known());
    must(import_->store_all(other_, many(200), OnConflict::kRefuse));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, known());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerImportTest);
}  // namespace muster
