// The second wall between organizations: what muster_api can and cannot see and do, whatever SQL it
// sends. The first wall, org_id in each statement, is left out on purpose here.
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/tenant.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;

class TenantIsolationTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TenantIsolationTest);
  CPPUNIT_TEST(every_table_with_an_organization_is_guarded);
  CPPUNIT_TEST(partitions_are_in_their_own_schema);
  CPPUNIT_TEST(every_table_is_empty_without_an_organization);
  CPPUNIT_TEST(every_table_shows_ones_own_rows_only);
  CPPUNIT_TEST(every_view_asks_with_the_rights_of_its_reader);
  CPPUNIT_TEST(a_partition_cannot_be_read_directly);
  CPPUNIT_TEST(another_organizations_rows_cannot_be_written);
  CPPUNIT_TEST(what_is_above_the_organizations_is_out_of_reach);
  CPPUNIT_TEST(nothing_is_left_on_a_connection_that_was_given_back);
  CPPUNIT_TEST(a_failed_statement_leaves_a_usable_connection);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    for (const char* sql : {
             "INSERT INTO organizations (name) VALUES ('mine'), ('theirs')",
             "INSERT INTO managed_servers (org_id, name) VALUES (1, 'a'), (2, 'b')",
             "INSERT INTO server_groups (org_id, name) VALUES (1, 'a'), (2, 'b')",
             "INSERT INTO server_group_members VALUES (1, 1, 1), (2, 2, 2)",
             "INSERT INTO api_tokens (org_id, role, name, sha256, prefix) "
             "SELECT o, 'viewer', 'x', sha256(o::text::bytea), 'x' FROM generate_series(1, 2) AS o",
             "INSERT INTO audit_log (at, org_id, token_id, token_name, role, peer, request_id, "
             "method, route, path) SELECT now(), o, gen_random_uuid(), '', '', '', '', '', '', '' "
             "FROM generate_series(1, 2) AS o",
             "INSERT INTO api_tokens (role, name, sha256, prefix) "
             "VALUES ('platform', 'x', sha256('p'), 'x')",
             "INSERT INTO fleet_operations (org_id, action, request) VALUES (1, 'x', '{}'), "
             "(2, 'x', '{}')",
             "INSERT INTO fleet_operation_targets (operation_id, org_id, ordinal, wave, server_id, "
             "server_name) SELECT id, org_id, 0, 0, gen_random_uuid(), 'x' FROM fleet_operations",
         }) {
      database_.sql(sql);
    }
    fill_the_rest();
    pool_.emplace(database_.settings(kApiRole), 1);
  }
  void tearDown() override { pool_.reset(); }

 private:
  static constexpr const char* kTables =
      "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_attribute AS a "
      "ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p') AND a.attname = 'org_id' "
      "AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace ORDER BY 1";

  std::vector<std::string> tables() { return texts(database_.sql(kTables)); }

  static std::vector<std::string> texts(const Rows& rows) {
    std::vector<std::string> found;
    for (int i = 0; i < rows.size(); ++i) found.emplace_back(rows.text(i, 0));
    CPPUNIT_ASSERT(!found.empty());
    return found;
  }

  // One row of each organization in every table that has none yet, whoever made the table: its
  // required columns get any value of their type.
  void fill_the_rest() {
    for (const std::string& table : tables()) {
      if (database_.number("SELECT count(*) FROM " + table) > 0) continue;
      const Rows columns = database_.sql(
          "SELECT quote_ident(attname), format_type(atttypid, NULL), attname = 'org_id' "
          "FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped "
          "AND (attname = 'org_id' OR attnotnull AND NOT atthasdef AND attidentity = '')",
          {table});
      std::string names, values;
      for (int i = 0; i < columns.size(); ++i) {
        names += (i == 0 ? "" : ", ") + std::string(columns.text(i, 0));
        values += (i == 0 ? "" : ", ") + (columns.boolean(i, 2) ? "o" : any(columns.text(i, 1)));
      }
      database_.sql("INSERT INTO " + table + " (" + names + ") SELECT " + values +
                    " FROM generate_series(1, 2) AS o");
    }
  }

  static std::string any(std::string_view type) {
    if (type.starts_with("timestamp")) return "'2026-11-23T08:00:00Z'";
    if (type == "jsonb") return "'{}'";
    if (type == "uuid") return "gen_random_uuid()";
    if (type == "text" || type == "\"char\"") return "'x'";
    if (type == "bytea") return "'\\x00'";
    if (type.ends_with("[]")) return "'{}'";
    if (type == "date") return "'2026-11-23'";
    if (type == "boolean") return "true";
    return "o";  // a number of its own, so that no key is there twice
  }

  Rows as(OrganizationKey organization, const std::string& sql) {
    return must(exec_as_tenant(*pool_, organization, sql, {}));
  }

  std::string refusal(const std::string& sql) {
    auto lease = must(pool_->lease());
    const auto done =
        lease->exec_together({{"SELECT set_config('app.org_id', '1', true)", {}}, {sql, {}}});
    return done ? std::to_string(done->affected()) + " rows" : done.error().sqlstate;
  }

  void every_table_with_an_organization_is_guarded() {
    const auto guarded = texts(
        database_.sql("SELECT p.polrelid::regclass::text FROM pg_policy AS p JOIN pg_class AS c "
                      "ON c.oid = p.polrelid WHERE c.relrowsecurity AND p.polcmd = '*' "
                      "AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL "
                      "AND p.polpermissive AND p.polroles = ARRAY['muster_api'::regrole::oid] "
                      "ORDER BY 1"));
    CPPUNIT_ASSERT(guarded == tables());
  }

  void partitions_are_in_their_own_schema() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database_.number("SELECT count(*) FROM pg_class WHERE relispartition "
                                          "AND relkind IN ('r', 'p') "
                                          "AND relnamespace <> 'muster_part'::regnamespace"));
    CPPUNIT_ASSERT(database_.number("SELECT count(*) FROM pg_class "
                                    "WHERE relnamespace = 'muster_part'::regnamespace") > 0);
  }

  void every_table_is_empty_without_an_organization() {
    auto lease = must(pool_->lease());
    for (const std::string& table : tables()) {
      CPPUNIT_ASSERT_MESSAGE(table, must(lease->exec("SELECT * FROM " + table)).empty());
    }
  }

  void every_table_shows_ones_own_rows_only() {
    for (const std::string& table : tables()) {
      for (const OrganizationKey organization : {1, 2}) {
        const Rows rows = as(organization, "SELECT DISTINCT org_id FROM " + table);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(table, 1, rows.size());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(table, std::int64_t{organization}, rows.integer(0, 0));
      }
      CPPUNIT_ASSERT_MESSAGE(table, as(3, "SELECT * FROM " + table).empty());
    }
  }

  void every_view_asks_with_the_rights_of_its_reader() {
    const auto views =
        texts(database_.sql("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v' "
                            "AND relnamespace = 'public'::regnamespace"));
    for (const std::string& view : views) {
      CPPUNIT_ASSERT_MESSAGE(view, !as(1, "SELECT FROM " + view).empty());
      CPPUNIT_ASSERT_MESSAGE(view, as(1, "SELECT FROM " + view + " WHERE org_id <> 1").empty());
      CPPUNIT_ASSERT_MESSAGE(view, as(3, "SELECT FROM " + view).empty());
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database_.number("SELECT count(*) FROM pg_class WHERE relkind = 'm' OR "
                                          "(relkind = 'v' AND relnamespace = 'public'::regnamespace"
                                          " AND NOT coalesce(reloptions, '{}') @> "
                                          "'{security_invoker=true}')"));
  }

  // Neither those that are there nor one that comes, made as the upkeep makes it.
  void a_partition_cannot_be_read_directly() {
    Connection owner = must(Connection::open(database_.settings(kOwnerRole)));
    const WallTime later = test::TestDatabase::kNow + std::chrono::days(40);
    CPPUNIT_ASSERT(must(PartitionCreator::run(owner, later)).created > 0);
    const auto children =
        texts(database_.sql("SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class "
                            "ON oid = inhrelid WHERE relkind = 'r'"));
    for (const std::string& child : children) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(child, std::string("42501"), refusal("SELECT FROM " + child));
    }
  }

  void another_organizations_rows_cannot_be_written() {
    CPPUNIT_ASSERT_EQUAL(std::string("42501"),
                         refusal("INSERT INTO managed_servers (org_id, name) VALUES (2, 'c')"));
    CPPUNIT_ASSERT_EQUAL(std::string("42501"), refusal("UPDATE managed_servers SET org_id = 2"));
    CPPUNIT_ASSERT_EQUAL(std::string("0 rows"),
                         refusal("UPDATE managed_servers SET name = 'x' WHERE org_id = 2"));
    CPPUNIT_ASSERT_EQUAL(std::string("0 rows"),
                         refusal("DELETE FROM managed_servers WHERE org_id = 2"));
    CPPUNIT_ASSERT_EQUAL(std::string("1 rows"), refusal("DELETE FROM managed_servers"));
  }

  void what_is_above_the_organizations_is_out_of_reach() {
    for (const char* sql :
         {"SELECT * FROM data_keys", "SELECT * FROM spool_segments",
          "SELECT * FROM schema_migrations", "CREATE TABLE mine (a int)",
          "DROP POLICY tenant ON managed_servers", "SELECT muster_guard_tenants()",
          "ALTER TABLE managed_servers DISABLE ROW LEVEL SECURITY",
          "INSERT INTO organizations (name) VALUES ('new')",
          "INSERT INTO fleet_events (at, org_id, kind) VALUES (now(), 1, 'made up')"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(sql, std::string("42501"), refusal(sql));
    }
    CPPUNIT_ASSERT(as(1, "SELECT * FROM api_tokens WHERE org_id IS NULL").empty());
  }

  void nothing_is_left_on_a_connection_that_was_given_back() {
    CPPUNIT_ASSERT(!as(1, "SELECT FROM managed_servers").empty());
    {
      auto transaction = must(TenantTransaction::begin(*pool_, 2));
      CPPUNIT_ASSERT(!must(transaction->exec("SELECT FROM managed_servers")).empty());
      must(transaction.commit());
    }
    { const auto rolled_back = must(TenantTransaction::begin(*pool_, 2)); }
    auto lease = must(pool_->lease());  // the pool has but one
    CPPUNIT_ASSERT(must(lease->exec("SELECT FROM managed_servers")).empty());
  }

  void a_failed_statement_leaves_a_usable_connection() {
    for (int i = 0; i < 3; ++i) {
      CPPUNIT_ASSERT(!exec_as_tenant(*pool_, 1, "SELECT 1/0", {}));
      CPPUNIT_ASSERT(!exec_as_tenant(*pool_, 1, "SELEC", {}));
    }
    auto lease = must(pool_->lease());
    const int pid = lease->backend_pid();
    CPPUNIT_ASSERT(!lease->exec_together({{"SELECT 1/0", {}}, {"SELECT 1", {}}}));
    CPPUNIT_ASSERT(!lease->broken() && !lease->in_transaction());
    CPPUNIT_ASSERT_EQUAL(
        pid, static_cast<int>(must(lease->exec("SELECT pg_backend_pid()")).integer(0, 0)));
  }

  test::TestDatabase database_;
  std::optional<ConnectionPool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TenantIsolationTest);
}  // namespace muster
