// The roles themselves: how they come to be for every kind of database user, and what each of them
// may do.
#include "aggregator/storage/database_roles.h"

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <thread>
#include <vector>

#include "aggregator/storage/migrations.h"
#include "aggregator/storage/partition_creator.h"
#include "common/base/file.h"
#include "common/base/sha256.h"
#include "tests/support/child_process.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using test::must;
using test::TestDatabase;

class DatabaseRolesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DatabaseRolesTest);
  CPPUNIT_TEST(everything_belongs_to_the_owner);
  CPPUNIT_TEST(a_database_from_before_the_roles_is_handed_over);
  CPPUNIT_TEST(a_plain_user_is_told_whom_to_ask);
  CPPUNIT_TEST(a_plain_user_migrates_behind_the_administrators_script);
  CPPUNIT_TEST(without_bypass_the_owner_ingests);
  CPPUNIT_TEST(databases_of_one_cluster_do_not_collide);
  CPPUNIT_TEST(ingestion_copies);
  CPPUNIT_TEST(ingestion_may_not_delete_nor_make_tables_nor_read_secrets);
  CPPUNIT_TEST(a_connection_of_an_unknown_role_is_refused);
  CPPUNIT_TEST_SUITE_END();

  // "42501" for what a role may not do; "" for what it may.
  static std::string refusal(Connection& connection, const std::string& sql) {
    const auto done = connection.exec(sql);
    return done ? "" : done.error().sqlstate;
  }

  static EmbeddedPostgresSettings cluster_in(const test::TempDir& directory) {
    // When root runs the tests, PostgreSQL's own account must be able to come in.
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0711));
    EmbeddedPostgresSettings settings;
    settings.directory = directory.path() / "postgres";
    settings.server_settings = {{"fsync", "off"}};
    return settings;
  }

  void everything_belongs_to_the_owner() {
    const TestDatabase database;
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database.number("SELECT count(*) FROM pg_class "
                                         "WHERE relnamespace IN ('public'::regnamespace, "
                                         "'muster_part'::regnamespace) "
                                         "AND relowner <> 'muster_owner'::regrole"));
  }

  // Up to the last migration before the roles, as the user; then this release comes.
  void a_database_from_before_the_roles_is_handed_over() {
    const TestDatabase database(TestDatabase::Content::kEmpty);
    Connection connection = database.connect();
    must(
        connection.exec("CREATE TABLE schema_migrations (number int PRIMARY KEY, name text NOT "
                        "NULL, sha256 text NOT NULL, applied_at timestamptz DEFAULT now())"));
    for (const char* name : {"0001_organizations", "0002_servers", "0003_history",
                             "0004_events_and_operations", "0005_views", "0006_server_tls"}) {
      const std::string path = std::string(MUSTER_SOURCE_DIR "/sql/") + name + ".sql";
      const std::string sql = must(read_file(path, 1 << 20));
      must(connection.exec_script(sql));
      must(connection.exec("INSERT INTO schema_migrations VALUES (left($1, 4)::int, $1, $2)",
                           {name, sha256_hex(sql)}));
    }
    must(
        connection.exec("CREATE TABLE server_health_checks_2026_11 PARTITION OF "
                        "server_health_checks FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z')"));
    must(connection.exec("INSERT INTO organizations (name) VALUES ('default')"));
    CPPUNIT_ASSERT(must(Migrations::built_in().apply(connection)) > 0);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database.number("SELECT count(*) FROM pg_class WHERE relnamespace = "
                                         "'public'::regnamespace "
                                         "AND relowner <> 'muster_owner'::regrole"));
    CPPUNIT_ASSERT(!database.sql("SELECT to_regclass('muster_part.server_health_checks_2026_11')")
                        .is_null(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, database.number("SELECT count(*) FROM organizations"));
  }

  // A user who owns his database and may do nothing else.
  static ConnectionSettings plain_user(const TestDatabase& database, const std::string& name) {
    database.sql("CREATE ROLE " + name + " LOGIN");
    database.sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO " + name +
                 "', current_database()); END $$");
    ConnectionSettings settings = database.settings();
    settings.conninfo += " user=" + name;
    return settings;
  }

  void a_plain_user_is_told_whom_to_ask() {
    const TestDatabase database(TestDatabase::Content::kEmpty);
    Connection connection = must(Connection::open(plain_user(database, "plain_1")));
    const auto refused = Migrations::built_in().apply(connection);
    CPPUNIT_ASSERT(!refused && refused.error().code == ErrorCode::kDenied);
    const std::string& message = refused.error().message;
    CPPUNIT_ASSERT_MESSAGE(message, message.find("postgresql-roles.sql") != std::string::npos);
    CPPUNIT_ASSERT(database.sql("SELECT to_regclass('organizations')").is_null(0, 0));
  }

  void a_plain_user_migrates_behind_the_administrators_script() {
    const TestDatabase database(TestDatabase::Content::kEmpty);
    const ConnectionSettings user = plain_user(database, "plain_2");
    test::ChildProcess psql(
        "/usr/bin/psql",
        {"--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-v", "login=plain_2", "-f",
         MUSTER_SOURCE_DIR "/etc/postgresql-roles.sql", database.settings().conninfo});
    CPPUNIT_ASSERT_EQUAL_MESSAGE(psql.output(), 0,
                                 psql.wait_exit(std::chrono::seconds(30)).value_or(-1));
    Connection connection = must(Connection::open(user));
    must(Migrations::built_in().apply(connection));
    CPPUNIT_ASSERT_EQUAL(std::string(kIngestRole), must(DatabaseRoles::for_ingestion(connection)));
    Connection owner = must(Connection::open(user.as(kOwnerRole)));
    CPPUNIT_ASSERT(must(PartitionCreator::run(owner, TestDatabase::kNow)).created > 0);
    CPPUNIT_ASSERT(Connection::open(user.as(kIngestRole)).has_value());
    Connection api = must(Connection::open(user.as(kApiRole)));
    CPPUNIT_ASSERT_EQUAL(0, must(api.exec("SELECT * FROM organizations")).size());
  }

  // On a cluster of its own, because roles are the cluster's.
  void without_bypass_the_owner_ingests() {
    const test::TempDir directory;
    EmbeddedPostgres server(cluster_in(directory));
    must(server.start());
    Connection super = must(Connection::open({server.connection_string()}));
    must(super.exec("CREATE ROLE managed LOGIN CREATEROLE"));
    must(super.exec("CREATE DATABASE theirs OWNER managed"));
    const ConnectionSettings user{server.connection_string("theirs") + " user=managed"};
    Connection connection = must(Connection::open(user));
    must(Migrations::built_in().apply(connection));
    const std::string role = must(DatabaseRoles::for_ingestion(connection));
    CPPUNIT_ASSERT_EQUAL(std::string(kOwnerRole), role);
    Connection owner = must(Connection::open(user.as(kOwnerRole)));
    must(PartitionCreator::run(owner, TestDatabase::kNow));
    copy_one_row(owner);
  }

  void databases_of_one_cluster_do_not_collide() {
    const test::TempDir directory;
    EmbeddedPostgres server(cluster_in(directory));
    must(server.start());
    Connection super = must(Connection::open({server.connection_string()}));
    std::vector<std::thread> starting;
    std::array<std::string, 4> errors;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const std::string name = "tenant_" + std::to_string(i);
      must(super.exec("CREATE DATABASE " + name + " TEMPLATE template0"));
      starting.emplace_back([&server, name, &error = errors[i]] {
        auto connection = Connection::open({server.connection_string(name)});
        const auto done = DatabaseRoles::ensure(*connection);
        if (!done) error = done.error().message;
      });
    }
    for (std::thread& thread : starting) thread.join();
    for (const std::string& error : errors) CPPUNIT_ASSERT_EQUAL(std::string(), error);
  }

  // Refused to whom row-level security binds, however well the policy likes the rows.
  static void copy_one_row(Connection& connection) {
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{1},
        must(connection.copy_in("COPY server_health_checks (ts, detail_hash, org_id, server_key, "
                                "duration_us, probe_id, reason, status, state) FROM STDIN",
                                "2026-11-23 08:00:00+00\t0\t1\t1\t1\t1\t0\to\th\n")));
  }

  void ingestion_copies() {
    const TestDatabase database;
    Connection ingest = must(Connection::open(database.settings(kIngestRole)));
    copy_one_row(ingest);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         database.number("SELECT count(*) FROM server_health_checks"));
  }

  void ingestion_may_not_delete_nor_make_tables_nor_read_secrets() {
    const TestDatabase database;
    Connection ingest = must(Connection::open(database.settings(kIngestRole)));
    for (const char* sql :
         {"DELETE FROM server_health_checks", "DELETE FROM managed_servers",
          "TRUNCATE server_health_checks", "CREATE TABLE mine (a int)", "DROP TABLE probes",
          "ALTER TABLE managed_servers DISABLE ROW LEVEL SECURITY",
          "SELECT api_token_sealed FROM managed_servers", "SELECT * FROM api_tokens",
          "SELECT * FROM data_keys", "UPDATE managed_servers SET api_url = ''"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(sql, std::string("42501"), refusal(ingest, sql));
    }
    CPPUNIT_ASSERT_EQUAL(std::string(),
                         refusal(ingest, "UPDATE managed_servers SET last_seen_at = now()"));
  }

  void a_connection_of_an_unknown_role_is_refused() {
    const TestDatabase database;
    CPPUNIT_ASSERT(!Connection::open(database.settings("muster_nobody")));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseRolesTest);
}  // namespace muster
