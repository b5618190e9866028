#include "aggregator/storage/server_repository.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <set>

#include "aggregator/storage/organization_repository.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;
using test::TestDatabase;

class ServerRepositoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerRepositoryTest);
  CPPUNIT_TEST(finds_what_it_inserted);
  CPPUNIT_TEST(a_taken_name_is_a_conflict_that_names_the_field);
  CPPUNIT_TEST(a_name_is_free_in_another_organization);
  CPPUNIT_TEST(an_empty_name_is_invalid);
  CPPUNIT_TEST(filters);
  CPPUNIT_TEST(pages_meet_each_server_once_by_name);
  CPPUNIT_TEST(pages_meet_each_server_once_by_equal_times);
  CPPUNIT_TEST(pages_meet_each_server_once_by_health);
  CPPUNIT_TEST(a_patch_changes_what_it_names);
  CPPUNIT_TEST(a_patch_replaces_groups_and_forgets_the_token);
  CPPUNIT_TEST(a_patch_of_another_version_is_a_conflict);
  CPPUNIT_TEST(removes_only_the_expected_version);
  CPPUNIT_TEST(another_organizations_server_is_not_found);
  CPPUNIT_TEST(loads_the_fleet_with_tokens);
  CPPUNIT_TEST(loads_what_a_server_was_before_our_own_fault);
  CPPUNIT_TEST(tokens_are_sealed_in_the_database);
  CPPUNIT_TEST(a_token_that_does_not_open_leaves_the_server);
  CPPUNIT_TEST(text_cannot_become_sql);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 4);
    secrets_.emplace(database_);
    OrganizationRepository organizations(secrets_->owners);
    mine_ = must(organizations.ensure("default")).key;
    other_ = must(organizations.ensure("other")).key;
    servers_.emplace(*pool_, secrets_->box);
  }

  void tearDown() override {
    servers_.reset();
    secrets_.reset();
    pool_.reset();
  }

 private:
  ServerRecord insert(const NewServer& server) { return must(servers_->insert(mine_, server)); }

  ServerRecord insert(const std::string& name) {
    NewServer server;
    server.name = name;
    return insert(server);
  }

  static NewServer full() {
    NewServer server;
    server.name = "node-1";
    server.hostname = "node-1.example";
    server.api_url = "https://node-1.example:8471";
    server.api_token = Secret("a token");
    server.region = "eu-west";
    server.environment = "production";
    server.tags = {"gpu", "has \"quotes\", and commas"};
    server.groups = {"web", "db"};
    server.metadata_json = R"({"rack":{"row":1,"slot":2}})";
    server.status = Server::Status::kMaintenance;
    return server;
  }

  void finds_what_it_inserted() {
    const ServerRecord made = insert(full());
    const ServerRecord found = must(servers_->find(mine_, made.id));
    CPPUNIT_ASSERT_EQUAL(std::string("node-1"), found.name);
    CPPUNIT_ASSERT_EQUAL(std::string("https://node-1.example:8471"), found.api_url);
    CPPUNIT_ASSERT(found.has_api_token);
    CPPUNIT_ASSERT(found.tags == full().tags);
    CPPUNIT_ASSERT((found.groups == std::vector<std::string>{"db", "web"}));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"rack": {"row": 1, "slot": 2}})"), found.metadata_json);
    CPPUNIT_ASSERT(found.status == Server::Status::kMaintenance);
    CPPUNIT_ASSERT(found.health == HealthState::kUnknown);
    CPPUNIT_ASSERT(!found.last_seen_at && !found.health_since);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found.version);
    CPPUNIT_ASSERT(found.key > 0 && found.key == made.key);
    CPPUNIT_ASSERT(found.created_at > WallTime{} && found.created_at == found.updated_at);
  }

  void a_taken_name_is_a_conflict_that_names_the_field() {
    insert("twice");
    NewServer server;
    server.name = "twice";
    const auto refused = servers_->insert(mine_, server);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(refused.error().message.starts_with("name: "));
    ServerPatch rename;
    rename.name = "twice";
    const auto renamed = servers_->update(mine_, insert("once").id, rename);
    CPPUNIT_ASSERT(renamed.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(renamed.error().message != kVersionConflict);
  }

  void a_name_is_free_in_another_organization() {
    NewServer server = full();
    insert(server);
    CPPUNIT_ASSERT(servers_->insert(other_, server));
  }

  void an_empty_name_is_invalid() {
    CPPUNIT_ASSERT(servers_->insert(mine_, NewServer()).error().code == ErrorCode::kInvalid);
    NewServer server = full();
    server.metadata_json = "[1]";
    CPPUNIT_ASSERT(servers_->insert(mine_, server).error().code == ErrorCode::kInvalid);
  }

  std::string group_id(const std::string& name) {
    return std::string(
        database_.sql("SELECT id FROM server_groups WHERE org_id = $1 AND name = $2", {mine_, name})
            .text(0, 0));
  }

  std::set<std::string> listed(const ServerFilter& filter) {
    std::set<std::string> names;
    for (const auto& server : must(servers_->list(mine_, {filter}))) names.insert(server.name);
    CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(names.size()),
                         must(servers_->count(mine_, filter)));
    return names;
  }

  void filters() {
    using Names = std::set<std::string>;
    NewServer a = full(), b = full(), c = full();
    a.name = "Alpha_1", b.name = "beta%1", c.name = "gamma";
    b.region = "us-east", b.tags = {"gpu", "x"}, b.groups = {"web"};
    c.environment = "test", c.tags = {}, c.groups = {}, c.status = Server::Status::kActive;
    for (const auto& server : {a, b, c}) insert(server);
    must(servers_->insert(other_, full()));
    database_.sql("UPDATE managed_servers SET health_status = 'critical' WHERE name = 'gamma'");
    CPPUNIT_ASSERT((listed({}) == Names{"Alpha_1", "beta%1", "gamma"}));
    CPPUNIT_ASSERT((listed({.status = Server::Status::kActive}) == Names{"gamma"}));
    CPPUNIT_ASSERT((listed({.health = HealthState::kCritical}) == Names{"gamma"}));
    CPPUNIT_ASSERT((listed({.region = "us-east"}) == Names{"beta%1"}));
    CPPUNIT_ASSERT((listed({.environment = "production"}) == Names{"Alpha_1", "beta%1"}));
    CPPUNIT_ASSERT((listed({.group = "db"}) == Names{"Alpha_1"}));
    CPPUNIT_ASSERT((listed({.tags = {"gpu"}}) == Names{"Alpha_1", "beta%1"}));
    CPPUNIT_ASSERT((listed({.tags = {"x", "gpu"}}) == Names{"beta%1"}));  // all of them
    CPPUNIT_ASSERT((listed({.text = "ALPHA"}) == Names{"Alpha_1"}));
    CPPUNIT_ASSERT((listed({.text = "_"}) == Names{"Alpha_1"}));  // no wildcard
    CPPUNIT_ASSERT((listed({.text = "%"}) == Names{"beta%1"}));
    CPPUNIT_ASSERT((listed({.text = "Node-1.Example"}) == Names{"Alpha_1", "beta%1", "gamma"}));
    CPPUNIT_ASSERT((listed({.group = group_id("web")}) == Names{"Alpha_1", "beta%1"}));
    CPPUNIT_ASSERT((listed({.group = "none"}) == Names{}));
    CPPUNIT_ASSERT((listed({.region = "us-east", .group = "db"}) == Names{}));
  }

  std::vector<std::string> walk(ServerOrder order, int limit, bool descending = false) {
    std::vector<std::string> names;
    ServerListing listing{{}, order, descending, std::nullopt, limit};
    while (true) {
      const auto page = must(servers_->list(mine_, listing));
      for (const auto& server : page) names.push_back(server.name);
      if (page.size() < static_cast<std::size_t>(limit)) return names;
      listing.after = cursor_behind(page.back(), order);
    }
  }

  void pages_meet_each_server_once_by_name() {
    const std::vector<std::string> names{"A", "a", "a b", "aa", "b", "é"};  // by their bytes
    for (const char* name : {"b", "aa", "é", "a", "A", "a b"}) insert(name);
    const std::vector<std::string> reversed(names.rbegin(), names.rend());
    for (const int limit : {1, 2, 4, 6, 7}) {
      CPPUNIT_ASSERT(walk(ServerOrder::kName, limit) == names);
      CPPUNIT_ASSERT(walk(ServerOrder::kName, limit, true) == reversed);
    }
  }

  void pages_meet_each_server_once_by_equal_times() {
    for (int i = 0; i < 10; ++i) insert("server-" + std::to_string(i));
    database_.sql(
        "UPDATE managed_servers SET created_at = '2026-01-01T00:00:00.123456Z', "
        "updated_at = '2026-01-01T00:00:00.123456Z' WHERE name <> 'server-5'");
    for (const int limit : {1, 3, 10}) {
      for (const ServerOrder order : {ServerOrder::kCreated, ServerOrder::kUpdated}) {
        auto names = walk(order, limit);
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, names.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, std::set(names.begin(), names.end()).size());
        CPPUNIT_ASSERT_EQUAL(std::string("server-5"), names.back());  // the newest
        std::ranges::reverse(names);
        CPPUNIT_ASSERT(walk(order, limit, true) == names);
      }
    }
  }

  // The order of health is written down twice: in the database's function and beside the cursor.
  void pages_meet_each_server_once_by_health() {
    const std::vector<std::string> names{"unreachable-a", "unreachable-b", "critical-a",
                                         "critical-b",    "degraded-a",    "degraded-b",
                                         "unknown-a",     "unknown-b",     "maintenance-a",
                                         "maintenance-b", "healthy-a",     "healthy-b"};
    for (const std::string& name : names) insert(name);
    database_.sql("UPDATE managed_servers SET health_status = split_part(name, '-', 1)");
    for (const int limit : {1, 2, 3, 5, 12}) {
      CPPUNIT_ASSERT(walk(ServerOrder::kHealth, limit) == names);
    }
    for (const std::string_view state : kHealthStateNames) {
      CPPUNIT_ASSERT((listed({.health = health_state_from(state)}) ==
                      std::set{std::string(state) + "-a", std::string(state) + "-b"}));
    }
  }

  void a_patch_changes_what_it_names() {
    const ServerRecord before = insert(full());
    ServerPatch patch;
    patch.region = "";
    patch.tags = std::vector<std::string>{};
    patch.status = Server::Status::kActive;
    patch.metadata_patch_json = R"({"rack":{"slot":null,"cage":"c"},"owner":"me"})";
    const ServerRecord after = must(servers_->update(mine_, before.id, patch, before.version));
    CPPUNIT_ASSERT_EQUAL(std::string(""), after.region);
    CPPUNIT_ASSERT(after.tags.empty());
    CPPUNIT_ASSERT(after.status == Server::Status::kActive);
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"rack": {"row": 1, "cage": "c"}, "owner": "me"})"),
                         after.metadata_json);
    CPPUNIT_ASSERT_EQUAL(before.version + 1, after.version);
    CPPUNIT_ASSERT(after.has_api_token);
    CPPUNIT_ASSERT_EQUAL(before.name, after.name);
    CPPUNIT_ASSERT_EQUAL(before.environment, after.environment);
    CPPUNIT_ASSERT(after.groups == before.groups);
    CPPUNIT_ASSERT(after.created_at == before.created_at);
  }

  void a_patch_replaces_groups_and_forgets_the_token() {
    const ServerRecord before = insert(full());
    ServerPatch patch;
    patch.groups = std::vector<std::string>{"web", "new", "new"};
    patch.api_token = Secret();
    const ServerRecord after = must(servers_->update(mine_, before.id, patch));
    CPPUNIT_ASSERT((after.groups == std::vector<std::string>{"new", "web"}));
    CPPUNIT_ASSERT(!after.has_api_token);
    patch.api_token = Secret("another");
    must(servers_->update(mine_, before.id, patch));
    CPPUNIT_ASSERT_EQUAL(std::string("another"),
                         must(servers_->load(mine_, before.id)).api_token.reveal());
  }

  void a_patch_of_another_version_is_a_conflict() {
    const ServerRecord before = insert(full());
    ServerPatch patch;
    patch.region = "r";
    must(servers_->update(mine_, before.id, patch, 1));
    const auto stale = servers_->update(mine_, before.id, patch, 1);
    CPPUNIT_ASSERT(stale.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT_EQUAL(std::string(kVersionConflict), stale.error().message);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, must(servers_->find(mine_, before.id)).version);
  }

  void removes_only_the_expected_version() {
    const ServerRecord server = insert(full());
    CPPUNIT_ASSERT(servers_->remove(mine_, server.id, 7).error().code == ErrorCode::kConflict);
    must(servers_->remove(mine_, server.id, 1));
    CPPUNIT_ASSERT(servers_->find(mine_, server.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(servers_->remove(mine_, server.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database_.number("SELECT count(*) FROM server_group_members"));
  }

  void another_organizations_server_is_not_found() {
    const ServerRecord server = insert(full());
    ServerPatch patch;
    patch.name = "stolen";
    patch.groups = std::vector<std::string>{"g"};
    CPPUNIT_ASSERT(servers_->find(other_, server.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(servers_->update(other_, server.id, patch).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(servers_->remove(other_, server.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(servers_->load(other_, server.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(must(servers_->list(other_, {})).empty());
    CPPUNIT_ASSERT_EQUAL(std::string("node-1"), must(servers_->find(mine_, server.id)).name);
  }

  void loads_the_fleet_with_tokens() {
    insert(full());
    must(servers_->insert(other_, full()));
    database_.sql(
        "INSERT INTO managed_servers (org_id, name) "
        "SELECT 1, 'bulk-' || g FROM generate_series(1, 2500) AS g");
    std::set<ServerKey> keys;
    int with_token = 0;
    must(servers_->load_all(secrets_->owners, [&](const Server& server) {
      keys.insert(server.key);
      if (server.api_token.equals("a token")) ++with_token;
      if (server.name == "node-1") {
        CPPUNIT_ASSERT((server.groups == std::vector<std::string>{"db", "web"}));
        CPPUNIT_ASSERT(server.status == Server::Status::kMaintenance);
      }
    }));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2502}, keys.size());
    CPPUNIT_ASSERT_EQUAL(2, with_token);
  }

  void loads_what_a_server_was_before_our_own_fault() {
    const auto loaded = [this](const std::string& name, int reason) {
      const ServerRecord made = insert(name);
      database_.sql(
          "INSERT INTO fleet_events (at, org_id, server_key, kind, from_state, to_state) VALUES "
          "(now(), 1, $1, 'health_changed', 'unknown', 'critical'), "
          "(now(), 1, $1, 'health_changed', 'critical', 'degraded')",
          {made.key});
      database_.sql(
          "UPDATE managed_servers SET health_reason = $1, last_slot = 7000 WHERE server_key = $2",
          {reason, made.key});
      return must(servers_->load(mine_, made.id));
    };
    const Server hidden = loaded("hidden", static_cast<int>(FailureReason::kSelf));
    CPPUNIT_ASSERT(hidden.known_state == HealthState::kUnknown);
    CPPUNIT_ASSERT(hidden.announced_state() == HealthState::kDegraded);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7'000}, hidden.known_slot_ms);
    const Server unknown = loaded("unknown", static_cast<int>(FailureReason::kAuth));
    CPPUNIT_ASSERT(unknown.announced_state() == HealthState::kUnknown);
  }

  void tokens_are_sealed_in_the_database() {
    insert(full());
    const std::string blob =
        database_.sql("SELECT api_token_sealed FROM managed_servers").bytes(0, 0);
    CPPUNIT_ASSERT(blob.find("a token") == std::string::npos);
  }

  void a_token_that_does_not_open_leaves_the_server() {
    const ServerRecord one = insert(full());
    NewServer second = full();
    second.name = "node-2";
    const ServerRecord two = insert(second);
    database_.sql(
        "UPDATE managed_servers AS a SET api_token_sealed = b.api_token_sealed "
        "FROM managed_servers AS b WHERE a.id = $1 AND b.id = $2",
        {one.id, two.id});
    const Server moved = must(servers_->load(mine_, one.id));  // from another row
    CPPUNIT_ASSERT_EQUAL(std::string("node-1"), moved.name);
    CPPUNIT_ASSERT(moved.api_token.empty());
  }

  void text_cannot_become_sql() {
    const std::string nasty = "'; DROP TABLE managed_servers; --";
    insert(nasty);
    CPPUNIT_ASSERT((listed({.text = nasty}) == std::set<std::string>{nasty}));
    CPPUNIT_ASSERT(listed({.region = nasty, .group = nasty, .tags = {nasty}}).empty());
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<test::TestSecrets> secrets_;
  std::optional<ServerRepository> servers_;
  OrganizationKey mine_ = 0;
  OrganizationKey other_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerRepositoryTest);
}  // namespace muster
