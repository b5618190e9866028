// The writer on a real database that fails: what was accepted is there exactly once.
#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>

#include <thread>

#include "aggregator/storage/migrations.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "aggregator/storage/result_writer.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/storage/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::must;
using test::sample_result;
using test::sample_verdict;
using test::TestDatabase;

class WriteThroughTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WriteThroughTest);
  CPPUNIT_TEST(a_killed_database_loses_and_doubles_nothing);
  CPPUNIT_TEST(killed_backends_lose_and_double_nothing);
  CPPUNIT_TEST(a_poison_row_is_set_apart);
  CPPUNIT_TEST_SUITE_END();

  static ResultWriterSettings quick() {
    ResultWriterSettings settings;
    settings.batch_rows = 200;
    settings.batch_delay = 5ms;
    settings.first_retry = 10ms;
    settings.most_retry = 200ms;
    return settings;
  }

  // Each result has a time of its own, by which it is found again.
  static void push(ResultWriter& writer, int from, int to) {
    for (int i = from; i < to; ++i) {
      CheckResult result = sample_result(i % 50 + 1, TestDatabase::kNow + i * 1ms);
      result.words = say("message " + std::to_string(i % 7));
      writer.on_result(result, sample_verdict());
    }
  }

  static void expect_each_once(Connection& connection, int count) {
    const Rows rows =
        must(connection.exec("SELECT count(*), count(DISTINCT ts) FROM server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{count}, rows.integer(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{count}, rows.integer(0, 1));
  }

  void a_killed_database_loses_and_doubles_nothing() {
    const test::TempDir top;
    std::filesystem::permissions(top.path(), std::filesystem::perms(0711));
    EmbeddedPostgresSettings settings;
    settings.directory = top.path() / "postgres";
    EmbeddedPostgres server(settings);
    must(server.start());
    {
      Connection connection = must(Connection::open({server.connection_string()}));
      must(Migrations::built_in().apply(connection));
      must(PartitionCreator::run(connection, TestDatabase::kNow));
    }
    const SystemClock clock;
    ResultWriter writer(quick(), store_on(server.connection_string()), clock);
    writer.start();
    constexpr int kRounds = 3, kRows = 4'000;
    for (int round = 0; round < kRounds; ++round) {
      push(writer, round * kRows, (round + 1) * kRows);
      // In the middle of it: some are stored, most are not.
      CPPUNIT_ASSERT(
          eventually(60s, [&] { return writer.counters().checks_written > round * kRows + 200; }));
      ::kill(server.pid(), SIGKILL);
      CPPUNIT_ASSERT(
          eventually(60s, [&] { return writer.counters().checks_written == (round + 1) * kRows; }));
    }
    Connection connection = must(Connection::open({server.connection_string()}));
    expect_each_once(connection, kRounds * kRows);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, writer.counters().rows_dropped.load());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, writer.counters().rows_lost.load());
    CPPUNIT_ASSERT(writer.counters().store_failures > 0);
  }

  void killed_backends_lose_and_double_nothing() {
    const SystemClock clock;
    ResultWriter writer(quick(), store_on(database_.settings().conninfo), clock);
    writer.start();
    constexpr int kRows = 20'000;
    std::thread loop([&] { push(writer, 0, kRows); });
    Connection killer = database_.connect();
    while (writer.counters().checks_written < kRows) {
      must(
          killer.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()"));
      const auto before = writer.counters().batches_written.load();
      CPPUNIT_ASSERT(eventually(30s, [&] {
        return writer.counters().batches_written > before + 5 ||
               writer.counters().checks_written == kRows;
      }));
    }
    loop.join();
    expect_each_once(killer, kRows);
  }

  void a_poison_row_is_set_apart() {
    database_.sql(
        "ALTER TABLE server_health_checks ADD CONSTRAINT poison "
        "CHECK (duration_us NOT IN (666, 667))");
    const SystemClock clock;
    ResultWriter writer(quick(), store_on(database_.settings().conninfo), clock);
    push(writer, 0, 90);
    for (const int poison : {666, 667}) {
      CheckResult result = sample_result(7, TestDatabase::kNow + 1h);
      result.duration = std::chrono::microseconds(poison);
      writer.on_result(result, sample_verdict());
    }
    push(writer, 90, 150);
    writer.start();
    CPPUNIT_ASSERT(eventually(30s, [&] { return writer.counters().checks_written == 150; }));
    CPPUNIT_ASSERT(eventually(30s, [&] { return writer.counters().rows_quarantined == 2; }));
    Connection connection = database_.connect();
    expect_each_once(connection, 150);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         database_.number("SELECT count(*) FROM server_health_checks_quarantine "
                                          "WHERE quarantine_reason LIKE '23514: %'"));
  }

  static std::unique_ptr<BatchStore> store_on(const std::string& conninfo) {
    return std::make_unique<PostgresBatchStore>(ConnectionSettings{conninfo});
  }

  TestDatabase database_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriteThroughTest);
}  // namespace muster
