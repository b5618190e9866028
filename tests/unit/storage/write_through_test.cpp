// The pipeline on a real database that fails: what was accepted is there exactly once.
#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>

#include <thread>

#include "aggregator/spool/result_pipeline.h"
#include "aggregator/storage/migrations.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"
#include "tests/support/temp_dir.h"

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
  CPPUNIT_TEST(what_waits_when_we_stop_is_stored_by_the_next);
  CPPUNIT_TEST(a_poison_row_is_set_apart);
  CPPUNIT_TEST_SUITE_END();

  std::unique_ptr<ResultPipeline> open(const std::string& conninfo) {
    PipelineSettings settings;
    settings.directory = top_.path() / "spool";
    settings.spool.sync_every = 5ms;
    settings.spool.batch_rows = settings.writer.batch_rows = 200;
    settings.spool.queue_rows = 40'000;
    settings.writer.batch_delay = 5ms;
    settings.writer.first_retry = 10ms;
    settings.writer.most_retry = 200ms;
    settings.writer.stop_patience = 100ms;
    return must(ResultPipeline::open(
        settings, std::make_unique<PostgresBatchStore>(ConnectionSettings{conninfo}), clock_));
  }

  // Each result has a time of its own, by which it is found again.
  static void push(ResultPipeline& pipeline, int from, int to) {
    for (int i = from; i < to; ++i) {
      CheckResult result = sample_result(i % 50 + 1, TestDatabase::kNow + i * 1ms);
      result.words = say("message " + std::to_string(i % 7));
      pipeline.sink().on_result(result, sample_verdict());
    }
  }

  static bool holds(const std::string& conninfo, std::int64_t rows) {
    auto connection = Connection::open({conninfo});
    if (!connection) return false;
    const auto counted = connection->exec("SELECT count(*) FROM server_health_checks");
    return counted && counted->integer(0, 0) >= rows;
  }

  static void expect_each_once(Connection& connection, int count) {
    const Rows rows =
        must(connection.exec("SELECT count(*), count(DISTINCT ts) FROM server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{count}, rows.integer(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{count}, rows.integer(0, 1));
  }

  void a_killed_database_loses_and_doubles_nothing() {
    std::filesystem::permissions(top_.path(), std::filesystem::perms(0711));
    EmbeddedPostgresSettings settings;
    settings.directory = top_.path() / "postgres";
    EmbeddedPostgres server(settings);
    must(server.start());
    const std::string conninfo = server.connection_string();
    {
      Connection connection = must(Connection::open({conninfo}));
      must(Migrations::built_in().apply(connection));
      must(PartitionCreator::run(connection, TestDatabase::kNow));
    }
    const auto pipeline = open(conninfo);
    pipeline->start();
    constexpr int kRounds = 3, kRows = 4'000;
    for (int round = 0; round < kRounds; ++round) {
      push(*pipeline, round * kRows, (round + 1) * kRows);
      // In the middle of it: some are stored, most are not.
      CPPUNIT_ASSERT(eventually(60s, [&] { return holds(conninfo, round * kRows + 200); }));
      ::kill(server.pid(), SIGKILL);
      CPPUNIT_ASSERT(eventually(60s, [&] { return holds(conninfo, (round + 1) * kRows); }));
    }
    pipeline->stop();
    Connection connection = must(Connection::open({conninfo}));
    expect_each_once(connection, kRounds * kRows);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pipeline->spooler().counters().dropped_queue.load());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pipeline->writer().counters().rows_lost.load());
    CPPUNIT_ASSERT(pipeline->writer().counters().store_failures > 0);
  }

  void killed_backends_lose_and_double_nothing() {
    const std::string conninfo = database_.settings().conninfo;
    const auto pipeline = open(conninfo);
    pipeline->start();
    constexpr int kRows = 20'000;
    std::thread loop([&] { push(*pipeline, 0, kRows); });
    Connection killer = database_.connect();
    const WriterCounters& counters = pipeline->writer().counters();
    while (!holds(conninfo, kRows)) {
      must(
          killer.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()"));
      const auto before = counters.batches_written.load();
      CPPUNIT_ASSERT(eventually(
          30s, [&] { return counters.batches_written > before + 5 || holds(conninfo, kRows); }));
    }
    loop.join();
    pipeline->stop();
    expect_each_once(killer, kRows);
    CPPUNIT_ASSERT(counters.store_failures > 0);
  }

  void what_waits_when_we_stop_is_stored_by_the_next() {
    constexpr int kRows = 5'000;
    {
      const auto pipeline = open("host=/nowhere");
      pipeline->start();
      push(*pipeline, 0, kRows);
      pipeline->stop();
    }
    const auto pipeline = open(database_.settings().conninfo);
    pipeline->start();
    push(*pipeline, kRows, kRows + 100);
    CPPUNIT_ASSERT(
        eventually(30s, [&] { return holds(database_.settings().conninfo, kRows + 100); }));
    CPPUNIT_ASSERT(eventually(30s, [&] { return pipeline->backlog().empty(); }));
    pipeline->stop();
    Connection connection = database_.connect();
    expect_each_once(connection, kRows + 100);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, database_.number("SELECT count(*) FROM spool_segments"));
  }

  void a_poison_row_is_set_apart() {
    database_.sql(
        "ALTER TABLE server_health_checks ADD CONSTRAINT poison "
        "CHECK (duration_us NOT IN (666, 667))");
    const auto pipeline = open(database_.settings().conninfo);
    push(*pipeline, 0, 90);
    for (const int poison : {666, 667}) {
      CheckResult result = sample_result(7, TestDatabase::kNow + 1h);
      result.duration = std::chrono::microseconds(poison);
      pipeline->sink().on_result(result, sample_verdict());
    }
    push(*pipeline, 90, 150);
    pipeline->start();
    const WriterCounters& counters = pipeline->writer().counters();
    CPPUNIT_ASSERT(eventually(30s, [&] { return counters.checks_written == 150; }));
    CPPUNIT_ASSERT(eventually(30s, [&] { return counters.rows_quarantined == 2; }));
    Connection connection = database_.connect();
    expect_each_once(connection, 150);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         database_.number("SELECT count(*) FROM server_health_checks_quarantine "
                                          "WHERE quarantine_reason LIKE '23514: %'"));
  }

  const SystemClock clock_;
  const test::TempDir top_;
  TestDatabase database_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(WriteThroughTest);
}  // namespace muster
