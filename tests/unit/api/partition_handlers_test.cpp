#include "aggregator/api/partition_handlers.h"

#include "aggregator/storage/archive_repository.h"
#include "common/base/rfc3339.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using test::must;
using test::TestDatabase;

class PartitionHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionHandlersTest);
  CPPUNIT_TEST(shows_tables_and_their_partitions);
  CPPUNIT_TEST(shows_archives);
  CPPUNIT_TEST(shows_how_upkeep_goes);
  CPPUNIT_TEST(is_for_the_platform_only);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::string kPath = "/api/v1/fleet/partitions";

  static void expect(const ApiResponse& response,
                     const std::vector<std::pair<const char*, const char*>>& values) {
    for (const auto& [place, value] : values) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(place, std::string(value), ApiFixture::at(response, place));
    }
  }

  void shows_tables_and_their_partitions() {
    ApiFixture f;
    f.data.sql(
        "CREATE TABLE past PARTITION OF server_health_checks "
        "FOR VALUES FROM (MINVALUE) TO ('2026-01-01Z')");
    f.data.sql("ANALYZE muster_part.server_health_checks_2026_11");
    const auto response = f.ask("platform", "GET", kPath);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 200, response.status);
    CPPUNIT_ASSERT_EQUAL(kPartitionedTables.size(), ApiFixture::items(response));
    expect(response, {{"items[0].table", "server_health_checks"},
                      {"items[0].key", "health_checks"},
                      {"items[0].period", "monthly"},
                      {"items[0].retention", "13 months"},
                      {"items[0].partitions[0].from", "null"},
                      {"items[0].partitions[0].to", "2026-01-01T00:00:00.000Z"},
                      {"items[0].partitions[0].row_estimate", "null"},
                      {"items[0].partitions[1].name", "muster_part.server_health_checks_2026_11"},
                      {"items[0].partitions[1].from", "2026-11-01T00:00:00.000Z"},
                      {"items[0].partitions[1].state", "attached"},
                      {"items[0].partitions[1].row_estimate", "0"},
                      {"items[4].table", "server_metrics_aggregated"},
                      {"items[4].retention", "3 months"}});
    CPPUNIT_ASSERT(std::stoll(ApiFixture::at(response, "items[0].partitions[1].bytes")) > 0);
  }

  void shows_archives() {
    ApiFixture f;
    Connection connection = f.data.connect();
    ArchiveRepository archives(connection);
    const Partition old{"public.old", {WallTime{}, WallTime{} + std::chrono::days(31)}};
    must(archives.begin("server_health_checks", old));
    ArchiveRow row = must(archives.of("server_health_checks")).at(0);
    row.content = {12, "-99999999999999999999"};
    row.path = "/archive/a.csv.zst";
    row.sha256 = "abc";
    row.bytes = 345;
    must(archives.set_copied(row));
    const auto response = f.ask("platform", "GET", kPath);
    expect(response, {{"items[0].archives[0].from", "1970-01-01T00:00:00.000Z"},
                      {"items[0].archives[0].to", "1970-02-01T00:00:00.000Z"},
                      {"items[0].archives[0].state", "copied"},
                      {"items[0].archives[0].keep_until", "-"},
                      {"items[0].archives[0].file.path", "/archive/a.csv.zst"},
                      {"items[0].archives[0].file.bytes", "345"},
                      {"items[0].archives[0].file.rows", "12"},
                      {"items[0].archives[0].file.sha256", "abc"}});
  }

  void shows_how_upkeep_goes() {
    ApiFixture f;
    const std::string table = "server_health_checks";
    f.partition_status.last_success[{table, "create"}] = TestDatabase::kNow;
    f.partition_status.failures[{"retention", "55P03"}] = 3;
    f.partition_status.tables[table].covered_until = TestDatabase::kNow;
    f.partition_status.tables[table].quarantined = {{"expired", 5}};
    const auto response = f.ask("platform", "GET", kPath);
    expect(response, {{"items[0].last_success.create", "2026-11-23T08:00:00.000Z"},
                      {"items[0].covered_until", "2026-11-23T08:00:00.000Z"},
                      {"items[0].quarantined_rows.expired", "5"},
                      {"items[1].last_success.create", "-"},
                      {"failures[0].step", "retention"},
                      {"failures[0].sqlstate", "55P03"},
                      {"failures[0].count", "3"}});
  }

  void is_for_the_platform_only() {
    ApiFixture f;
    for (const char* role : {"viewer", "operator", "admin", "other"}) {
      const auto denied = f.ask(role, "GET", kPath);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(role, 403, denied.status);
      CPPUNIT_ASSERT(denied.header("WWW-Authenticate")->find("scope=\"platform\"") !=
                     std::string::npos);
    }
    CPPUNIT_ASSERT_EQUAL(401, f.ask("", "GET", kPath).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionHandlersTest);
}  // namespace muster
