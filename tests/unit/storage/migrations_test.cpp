#include "aggregator/storage/migrations.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;
using test::TestDatabase;

class MigrationsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MigrationsTest);
  CPPUNIT_TEST(make_a_fresh_database);
  CPPUNIT_TEST(do_nothing_the_second_time);
  CPPUNIT_TEST(go_on_where_they_were_interrupted);
  CPPUNIT_TEST(refuse_a_changed_file);
  CPPUNIT_TEST(refuse_a_newer_database);
  CPPUNIT_TEST(two_daemons_take_turns);
  CPPUNIT_TEST(the_built_in_ones_are_those_of_the_source_tree);
  CPPUNIT_TEST(reads_only_numbered_files);
  CPPUNIT_TEST(older_history_gets_partitions_for_its_rollups);
  CPPUNIT_TEST_SUITE_END();

  const Migration one_{1, "0001_one", "CREATE TABLE one (a int)"};
  const Migration two_{2, "0002_two", "CREATE TABLE two (a int); INSERT INTO one VALUES (2)"};

  int apply(std::vector<Migration> migrations) {
    Connection connection = database_.connect();
    return must(Migrations(std::move(migrations)).apply(connection));
  }

  Error refusal(std::vector<Migration> migrations) {
    Connection connection = database_.connect();
    const auto applied = Migrations(std::move(migrations)).apply(connection);
    CPPUNIT_ASSERT(!applied);
    return applied.error();
  }

  void make_a_fresh_database() {
    Connection connection = database_.connect();
    CPPUNIT_ASSERT(must(Migrations::built_in().apply(connection)) > 0);
    for (const char* table :
         {"organizations", "api_tokens", "managed_servers", "server_groups", "server_group_members",
          "probes", "server_health_checks", "server_metrics_aggregated", "check_details",
          "fleet_operations", "fleet_operation_targets", "fleet_events",
          "server_health_checks_quarantine", "server_metrics_aggregated_quarantine",
          "v_fleet_summary", "v_server_health_overview"}) {
      CPPUNIT_ASSERT_MESSAGE(table,
                             !database_.sql("SELECT to_regclass($1)", {table}).is_null(0, 0));
    }
  }

  void do_nothing_the_second_time() {
    CPPUNIT_ASSERT_EQUAL(2, apply({two_, one_}));  // in whatever order they are given
    CPPUNIT_ASSERT_EQUAL(0, apply({one_, two_}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, database_.number("SELECT count(*) FROM one"));
  }

  void go_on_where_they_were_interrupted() {
    const Migration broken{2, "0002_two", "CREATE TABLE two (a int); SELECT 1/0"};
    const Error error = refusal({one_, broken});
    CPPUNIT_ASSERT(error.message.find("0002_two") != std::string::npos);
    CPPUNIT_ASSERT(database_.sql("SELECT to_regclass('two')").is_null(0, 0));
    CPPUNIT_ASSERT_EQUAL(1, apply({one_, two_}));
  }

  void refuse_a_changed_file() {
    apply({one_});
    const Migration changed{1, "0001_one", "CREATE TABLE one (a bigint)"};
    const Error error = refusal({changed, two_});
    CPPUNIT_ASSERT(error.code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(error.message.find("0001_one") != std::string::npos);
    CPPUNIT_ASSERT(database_.sql("SELECT to_regclass('two')").is_null(0, 0));
  }

  void refuse_a_newer_database() {
    apply({one_, two_});
    const Error error = refusal({one_});
    CPPUNIT_ASSERT(error.code == ErrorCode::kConflict);
    CPPUNIT_ASSERT_EQUAL(
        std::string("the database is at version 2, this program knows 1; run the newer program"),
        error.message);
  }

  void two_daemons_take_turns() {
    int counts[2] = {-1, -1};
    const Migration slow{1, "0001_one", "CREATE TABLE one (a int); SELECT pg_sleep(0.2)"};
    std::thread other([&] { counts[0] = apply({slow, two_}); });
    counts[1] = apply({slow, two_});
    other.join();
    CPPUNIT_ASSERT_EQUAL(2, counts[0] + counts[1]);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, database_.number("SELECT count(*) FROM one"));
  }

  void the_built_in_ones_are_those_of_the_source_tree() {
    Connection connection = database_.connect();
    must(Migrations::built_in().apply(connection));
    const auto files = must(Migrations::from_directory(MUSTER_SOURCE_DIR "/sql"));
    CPPUNIT_ASSERT_EQUAL(0, must(files.apply(connection)));  // the same numbers and checksums
  }

  void reads_only_numbered_files() {
    const test::TempDir directory;
    directory.write("0001_one.sql", one_.sql);
    directory.write("0002_two.sql.orig", "garbage");
    directory.write("notes.sql", "garbage");
    directory.write("00a2_two.sql", "garbage");
    Connection connection = database_.connect();
    const auto found = must(Migrations::from_directory(directory.path()));
    CPPUNIT_ASSERT_EQUAL(1, must(found.apply(connection)));
    CPPUNIT_ASSERT(!Migrations::from_directory(directory.path() / "missing"));
  }

  void older_history_gets_partitions_for_its_rollups() {
    namespace fs = std::filesystem;
    const fs::path sql = fs::path(MUSTER_SOURCE_DIR) / "sql";
    test::TempDir before;
    for (const auto& file : fs::directory_iterator(sql)) {
      if (file.path().filename() < "0007") fs::copy(file.path(), before.path());
    }
    Connection connection = database_.connect();
    must(must(Migrations::from_directory(before.path())).apply(connection));
    must(connection.exec("SET ROLE muster_owner"));
    must(connection.exec(
        "CREATE TABLE server_metrics_aggregated_2026_03 PARTITION OF server_metrics_aggregated "
        "FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z')"));
    must(connection.exec("RESET ROLE"));
    must(Migrations::built_in().apply(connection));
    for (const char* level : {"5m", "1h", "1d"}) {
      must(connection.exec("INSERT INTO server_metrics_" + std::string(level) +
                           " (ts, org_id, server_key, samples) VALUES ('2026-03-31Z', 1, 1, 1)"));
    }
    CPPUNIT_ASSERT(
        !connection.exec("INSERT INTO server_health_1h (ts, org_id, server_key, checks, failures) "
                         "VALUES ('2026-03-31Z', 1, 1, 1, 1)"));  // of which there is no history
  }

  TestDatabase database_{TestDatabase::Content::kEmpty};
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationsTest);
}  // namespace muster
