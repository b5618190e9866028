// Who is in which group, by hand and by filters, as the database itself keeps it: whatever SQL
// changes a server or a filter, every reader sees the truth in the same transaction.
#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/group_members.h"
#include "aggregator/storage/group_repository.h"
#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/server_repository.h"
#include "tests/support/eventually.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;

class GroupMembershipTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(GroupMembershipTest);
  CPPUNIT_TEST(a_new_group_finds_its_servers);
  CPPUNIT_TEST(membership_follows_the_server);
  CPPUNIT_TEST(membership_follows_the_filter);
  CPPUNIT_TEST(a_member_may_be_both);
  CPPUNIT_TEST(many_servers_find_their_groups_at_once);
  CPPUNIT_TEST(a_change_of_groups_is_a_new_version);
  CPPUNIT_TEST(health_is_written_in_place);
  CPPUNIT_TEST(no_server_is_in_a_group_of_another_organization);
  CPPUNIT_TEST(a_patch_of_groups_leaves_the_filters_alone);
  CPPUNIT_TEST(a_server_that_changes_beside_a_filter_is_not_missed);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 4);
    secrets_.emplace(database_);
    OrganizationRepository organizations(secrets_->owners);
    mine_ = must(organizations.ensure("default")).key;
    other_ = must(organizations.ensure("other")).key;
    servers_.emplace(*pool_, secrets_->box);
    groups_.emplace(*pool_);
    members_.emplace(*pool_);
  }

  void tearDown() override {
    members_.reset();
    groups_.reset();
    servers_.reset();
    secrets_.reset();
    pool_.reset();
  }

 private:
  using Names = std::vector<std::string>;

  ServerRecord insert(const std::string& name, const std::string& region = "",
                      const std::string& environment = "", const Names& tags = {}) {
    NewServer server;
    server.name = name;
    server.region = region;
    server.environment = environment;
    server.tags = tags;
    return must(servers_->insert(mine_, server));
  }

  GroupChange make(const std::string& name, const GroupFilter& filter = {}) {
    GroupRecord group;
    group.name = name;
    group.filter = filter;
    return must(groups_->create(mine_, group));
  }

  ServerRecord found(const ServerRecord& server) { return must(servers_->find(mine_, server.id)); }
  Names groups_of(const ServerRecord& server) { return found(server).groups; }

  Names members_of(const std::string& group) {
    Names names;
    for (const auto& server : must(servers_->list(mine_, {{.group = group}}))) {
      names.push_back(server.name);
    }
    return names;
  }

  void a_new_group_finds_its_servers() {
    insert("a", "eu", "prod", {"db", "big"});
    insert("b", "eu", "test", {"db"});
    insert("c", "us", "prod", {"big", "x", "db"});
    make("tags", {{"db", "big"}, {}, {}});
    make("regions", {{}, {"us", "mars"}, {}});
    make("environments", {{}, {}, {"test", "prod"}});
    make("all", {{"db"}, {"eu", "us"}, {"prod"}});
    make("none");
    CPPUNIT_ASSERT((members_of("tags") == Names{"a", "c"}));
    CPPUNIT_ASSERT((members_of("regions") == Names{"c"}));
    CPPUNIT_ASSERT((members_of("environments") == Names{"a", "b", "c"}));
    CPPUNIT_ASSERT((members_of("all") == Names{"a", "c"}));
    CPPUNIT_ASSERT(members_of("none").empty());
    insert("d", "eu", "prod", {"db", "big"});
    CPPUNIT_ASSERT((members_of("all") == Names{"a", "c", "d"}));
    CPPUNIT_ASSERT(members_of("none").empty());
  }

  void membership_follows_the_server() {
    make("db", {{"db"}, {}, {}});
    make("eu", {{}, {"eu"}, {}});
    make("prod", {{}, {}, {"prod"}});
    const ServerRecord server = insert("a");
    const auto patched = [&](ServerPatch patch) {
      return must(servers_->update(mine_, server.id, patch)).groups;
    };
    CPPUNIT_ASSERT(groups_of(server).empty());
    CPPUNIT_ASSERT((patched({.tags = Names{"x", "db"}}) == Names{"db"}));
    CPPUNIT_ASSERT((patched({.region = "eu"}) == Names{"db", "eu"}));
    CPPUNIT_ASSERT((patched({.environment = "prod"}) == Names{"db", "eu", "prod"}));
    CPPUNIT_ASSERT((patched({.tags = Names{}}) == Names{"eu", "prod"}));
    CPPUNIT_ASSERT((patched({.region = "us", .environment = ""}) == Names{}));
    database_.sql("UPDATE managed_servers SET region = 'eu'");  // whoever writes it
    CPPUNIT_ASSERT((groups_of(server) == Names{"eu"}));
    CPPUNIT_ASSERT_EQUAL(
        std::string("{eu}"),
        std::string(database_.sql("SELECT groups FROM v_server_health_overview").text(0, 0)));
  }

  void membership_follows_the_filter() {
    insert("a", "eu");
    insert("b", "us");
    GroupRecord group = make("g", {{}, {"eu"}, {}}).group;
    const auto change = [&](const GroupFilter& filter) {
      group.filter = filter;
      const GroupChange changed = must(groups_->update(mine_, group));
      group = changed.group;
      return changed.servers.size();
    };
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, change({{}, {"us"}, {}}));  // one left, one came
    CPPUNIT_ASSERT((members_of("g") == Names{"b"}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, change({{}, {"us", "eu"}, {}}));
    CPPUNIT_ASSERT((members_of("g") == Names{"a", "b"}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, change({{}, {"eu", "us"}, {}}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, change({}));
    CPPUNIT_ASSERT(members_of("g").empty());
  }

  void a_member_may_be_both() {
    const ServerRecord a = insert("a", "eu");
    GroupRecord group = make("g", {{}, {"eu"}, {}}).group;
    const auto added = must(members_->add(mine_, group.id, {a.id}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, added.changed);
    CPPUNIT_ASSERT(added.servers.empty());  // it was in the group already
    database_.sql("UPDATE managed_servers SET region = 'us'");
    CPPUNIT_ASSERT((groups_of(a) == Names{"g"}));  // by hand still
    database_.sql("UPDATE managed_servers SET region = 'eu'");
    const auto removed = must(members_->remove(mine_, group.id, {a.id}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, removed.changed);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, removed.kept_by_filter);
    CPPUNIT_ASSERT((groups_of(a) == Names{"g"}));  // by its region still
    must(members_->add(mine_, group.id, {a.id}));
    group.filter = {};
    group = must(groups_->update(mine_, group)).group;
    CPPUNIT_ASSERT((groups_of(a) == Names{"g"}));
    const auto last = must(members_->remove(mine_, group.id, {a.id}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, last.servers.size());
    CPPUNIT_ASSERT(groups_of(a).empty());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         must(members_->remove(mine_, group.id, {a.id})).unchanged);
  }

  void many_servers_find_their_groups_at_once() {
    make("even", {{"even"}, {}, {}});
    database_.sql(
        "INSERT INTO managed_servers (org_id, name, tags) SELECT $1, n, "
        "CASE WHEN n % 2 = 0 THEN '{even}' ELSE '{}' END::text[] FROM generate_series(1, 100) AS n",
        {mine_});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{50}, must(servers_->count(mine_, {.group = "even"})));
    database_.sql("UPDATE managed_servers SET tags = '{even}' WHERE name::int <= 10");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{55}, must(servers_->count(mine_, {.group = "even"})));
    database_.sql("DELETE FROM managed_servers WHERE name::int > 10");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{10},
                         database_.number("SELECT count(*) FROM server_group_members"));
  }

  // Once for each transaction, and only where the groups are others.
  void a_change_of_groups_is_a_new_version() {
    make("eu", {{}, {"eu"}, {}});
    const ServerRecord a = insert("a", "eu");
    const ServerRecord b = insert("b");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, a.version);
    must(servers_->update(mine_, a.id, {.region = "us", .groups = Names{"x", "y"}}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, found(a).version);
    GroupRecord x = must(groups_->list(mine_, {.name_contains = "x"})).at(0).group;
    must(members_->add(mine_, x.id, {a.id, b.id}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, found(a).version);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, found(b).version);
    x.description = "of no interest to its servers";
    x = must(groups_->update(mine_, x)).group;
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, found(b).version);
    x.name = "z";
    x.filter = {{}, {"us"}, {}};
    const GroupChange renamed = must(groups_->update(mine_, x));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, renamed.servers.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, found(a).version);
    CPPUNIT_ASSERT(found(a).updated_at > a.updated_at);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(groups_->remove(mine_, renamed.group)).size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, found(a).version);
    CPPUNIT_ASSERT((groups_of(a) == Names{"y"}));
  }

  // The writer's role may not even see the groups, so a trigger that it fires would fail.
  void health_is_written_in_place() {
    make("eu", {{}, {"eu"}, {}});
    const ServerRecord a = insert("a", "eu");
    {
      ConnectionPool writer(database_.settings(kIngestRole), 1);
      auto connection = must(writer.lease());
      for (int i = 0; i < 20; ++i) {
        must(connection->exec("UPDATE managed_servers SET last_seen_at = now(), last_slot = $1",
                              {i}));
      }
      must(connection->exec("UPDATE managed_servers SET health_status = 'critical'"));
    }
    CPPUNIT_ASSERT_EQUAL(a.version, found(a).version);
    CPPUNIT_ASSERT(found(a).health == HealthState::kCritical);
    CPPUNIT_ASSERT(test::eventually(std::chrono::seconds(20), [&] {
      return database_.number(
                 "SELECT n_tup_upd FROM pg_stat_user_tables "
                 "WHERE relname = 'managed_servers'") == 21;
    }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20},
                         database_.number("SELECT n_tup_hot_upd FROM pg_stat_user_tables "
                                          "WHERE relname = 'managed_servers'"));
  }

  void no_server_is_in_a_group_of_another_organization() {
    const ServerRecord a = insert("a", "eu");
    GroupRecord group;
    group.name = "theirs";
    group.filter = {{}, {"eu"}, {}};
    const GroupChange theirs = must(groups_->create(other_, group));
    CPPUNIT_ASSERT(theirs.servers.empty());
    CPPUNIT_ASSERT(groups_of(insert("b", "eu")).empty());
    CPPUNIT_ASSERT(groups_->find(mine_, theirs.group.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(!must(members_->add(mine_, theirs.group.id, {a.id})).group_known);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                         must(members_->add(other_, theirs.group.id, {a.id})).unknown.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database_.number("SELECT count(*) FROM server_group_members"));
    Connection owner = database_.connect();  // whom nothing binds but the keys
    for (const OrganizationKey organization : {mine_, other_}) {
      const auto refused = owner.exec("INSERT INTO server_group_members VALUES ($1, $2, $3)",
                                      {theirs.group.key, a.key, organization});
      CPPUNIT_ASSERT_EQUAL(std::string("23503"), refused.error().sqlstate);
    }
  }

  void a_patch_of_groups_leaves_the_filters_alone() {
    make("eu", {{}, {"eu"}, {}});
    const ServerRecord a = insert("a", "eu");
    const auto patched = [&](const Names& names) {
      return must(servers_->update(mine_, a.id, {.groups = names})).groups;
    };
    CPPUNIT_ASSERT((patched({"x", "eu"}) == Names{"eu", "x"}));
    CPPUNIT_ASSERT((patched({"y"}) == Names{"eu", "y"}));
    CPPUNIT_ASSERT((patched({}) == Names{"eu"}));
    must(servers_->update(mine_, a.id, {.region = "us"}));
    CPPUNIT_ASSERT(groups_of(a).empty());
  }

  // The server's writer waits for the filter's, and then sees the filter.
  void a_server_that_changes_beside_a_filter_is_not_missed() {
    const ServerRecord a = insert("a");
    Connection filter = database_.connect();
    must(filter.exec("BEGIN"));
    must(
        filter.exec("INSERT INTO server_groups (org_id, name, filter_regions) "
                    "VALUES ($1, 'eu', '{eu}')",
                    {mine_}));
    std::thread writer([&] { must(servers_->update(mine_, a.id, {.region = "eu"})); });
    CPPUNIT_ASSERT(test::eventually(std::chrono::seconds(20), [&] {
      return database_.number(
                 "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                 "AND NOT granted") == 1;
    }));
    must(filter.exec("COMMIT"));
    writer.join();
    CPPUNIT_ASSERT((groups_of(a) == Names{"eu"}));
  }

  test::TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<test::TestSecrets> secrets_;
  std::optional<ServerRepository> servers_;
  std::optional<GroupRepository> groups_;
  std::optional<GroupMembers> members_;
  OrganizationKey mine_ = 0;
  OrganizationKey other_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(GroupMembershipTest);
}  // namespace muster
