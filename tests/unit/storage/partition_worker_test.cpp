#include "aggregator/storage/partition_worker.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "tests/support/eventually.h"
#include "tests/unit/storage/interrupted_detach.h"
#include "tests/unit/storage/partition_scene.h"

namespace muster {
using namespace std::chrono_literals;
using test::months_of;
using test::must;
using test::PartitionScene;

class PartitionWorkerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionWorkerTest);
  CPPUNIT_TEST(a_round_does_everything);
  CPPUNIT_TEST(a_failing_step_does_not_stop_the_next);
  CPPUNIT_TEST(a_lost_connection_costs_one_step);
  CPPUNIT_TEST(another_daemon_at_it_is_left_alone);
  CPPUNIT_TEST(a_round_leaves_the_lock_to_the_next);
  CPPUNIT_TEST(a_missing_database_is_counted);
  CPPUNIT_TEST(stops_in_the_middle_of_a_detach);
  CPPUNIT_TEST_SUITE_END();

  static constexpr std::size_t kTables = kPartitionedTables.size();

  PartitionWorkerSettings settings() {
    PartitionWorkerSettings settings{
        scene_.database.settings(), default_partition_policies(), {true, scene_.folder.path()}};
    settings.tables[0].retention = months_of(4);
    return settings;
  }

  static PartitionStatus::Table table(const PartitionWorker& worker) {
    return worker.status().tables.at(PartitionScene::kName);
  }

  static std::uint64_t failures(const PartitionWorker& worker, const std::string& step,
                                const std::string& sqlstate) {
    const PartitionStatus status = worker.status();
    const auto found = status.failures.find({step, sqlstate});
    return found == status.failures.end() ? 0 : found->second;
  }

  void a_round_does_everything() {
    scene_.fill_months(6, 100);
    test::interrupted_detach(scene_.database, PartitionScene::kName,
                             partition_path(PartitionScene::kTable, scene_.month(1)));
    scene_.database.sql(
        "INSERT INTO server_health_checks_quarantine (ts, detail_hash, org_id, server_key, "
        "duration_us, probe_id, reason, status, state, quarantine_reason) "
        "VALUES (now(), 0, 1, 1, 1, 1, 0, 'o', 'h', $1)",
        {kOutsidePartitions});
    PartitionWorker worker(settings(), scene_.clock, scene_.never);
    CPPUNIT_ASSERT(worker.round());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{401}, scene_.rows());
    const auto status = table(worker);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, status.partitions);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, status.detach_pending);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, status.quarantined.at("uncovered"));
    CPPUNIT_ASSERT(status.bytes > 100'000);
    CPPUNIT_ASSERT(status.covered_until == scene_.month(-4).from);
    CPPUNIT_ASSERT_EQUAL(8 * kTables, worker.status().last_success.size());
    CPPUNIT_ASSERT(worker.status().failures.empty());
    CPPUNIT_ASSERT(worker.status().dictionary_bytes.at("check_details") > 0);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, worker.status().dictionary_bytes.size());
    CPPUNIT_ASSERT(worker.lock_waits().sum() > 0);
  }

  void a_failing_step_does_not_stop_the_next() {
    scene_.fill_months(6, 10);
    // December has a stranger in its place, and retention would take half of what there is.
    scene_.database.sql("DROP TABLE " + partition_path(PartitionScene::kTable, scene_.month(-1)));
    scene_.database.sql("CREATE TABLE " + partition_path(PartitionScene::kTable, scene_.month(-1)) +
                        " (a int)");
    auto wanted = settings();
    wanted.tables[0].retention = months_of(1);
    PartitionWorker worker(wanted, scene_.clock, scene_.never);
    CPPUNIT_ASSERT(!worker.round());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, failures(worker, "create", "42P07"));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, failures(worker, "retention", "none"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{8}, table(worker).partitions);
    CPPUNIT_ASSERT(table(worker).covered_until == scene_.month(-1).from);
    // The other tables' steps, and the ones after the failures.
    CPPUNIT_ASSERT_EQUAL(8 * kTables - 2, worker.status().last_success.size());
  }

  void a_lost_connection_costs_one_step() {
    scene_.make_usual();
    PartitionWorker worker(settings(), scene_.clock, scene_.never);
    worker.set_finalised_until([&](Connection& connection, const PartitionedTable&) {
      const int backend = connection.backend_pid();
      scene_.database.sql("SELECT pg_terminate_backend($1)", {backend});
      // Until it is gone it may hold the lock that the next step asks for.
      CPPUNIT_ASSERT(test::eventually(10s, [&] {
        return scene_.database.sql("SELECT 1 FROM pg_stat_activity WHERE pid = $1", {backend})
            .empty();
      }));
      return DbResult<WallTime>(WallTime::max());
    });
    CPPUNIT_ASSERT(!worker.round());
    CPPUNIT_ASSERT_EQUAL(7 * kTables, worker.status().last_success.size());
  }

  void another_daemon_at_it_is_left_alone() {
    scene_.make_usual();
    Connection other = scene_.database.connect();
    must(other.exec("SELECT pg_advisory_lock(hashtext('muster.partitions'))"));
    PartitionWorker worker(settings(), scene_.clock, scene_.never);
    scene_.database.sql("DROP TABLE " + partition_path(PartitionScene::kTable, scene_.month(-3)));
    CPPUNIT_ASSERT(!worker.round());
    CPPUNIT_ASSERT_EQUAL(kTables, worker.status().last_success.size());  // it may look
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, table(worker).partitions);
    must(other.exec("SELECT pg_advisory_unlock_all()"));
    CPPUNIT_ASSERT(worker.round());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, table(worker).partitions);
  }

  // Closing the connection alone would let it go some time later.
  void a_round_leaves_the_lock_to_the_next() {
    scene_.make_usual();
    PartitionWorker worker(settings(), scene_.clock, scene_.never);
    Connection next = scene_.database.connect();
    for (int i = 0; i < 20; ++i) {
      worker.prepare();
      auto locked = must(next.exec("SELECT pg_try_advisory_lock(hashtext('muster.partitions'))"));
      CPPUNIT_ASSERT(locked.boolean(0, 0));
      must(next.exec("SELECT pg_advisory_unlock_all()"));
    }
  }

  void a_missing_database_is_counted() {
    PartitionWorkerSettings nowhere = settings();
    nowhere.database = {"host=127.0.0.1 port=1 dbname=x user=x"};
    PartitionWorker worker(nowhere, scene_.clock, scene_.never);
    worker.prepare();
    CPPUNIT_ASSERT(!worker.round());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, failures(worker, "connect", "none"));
  }

  // It waits for a reader; the next daemon finishes it.
  void stops_in_the_middle_of_a_detach() {
    scene_.fill_months(6, 10);
    Connection reader = scene_.database.connect();
    auto open = must(Transaction::begin(reader));
    must(reader.exec("SELECT count(*) FROM server_health_checks"));
    StopSignal stop;
    PartitionWorker worker(settings(), scene_.clock, stop);
    std::thread upkeep([&] { worker.round(); });
    const auto pending = [&] {
      return scene_.database.number("SELECT count(*) FROM pg_inherits WHERE inhdetachpending") == 1;
    };
    const bool began = test::eventually(20s, pending);
    const auto begin = std::chrono::steady_clock::now();
    stop.give();
    upkeep.join();
    CPPUNIT_ASSERT(began);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 5s);
    must(open.commit());
    PartitionWorker next(settings(), scene_.clock, scene_.never);
    // The server notices within seconds that the first one is gone, and lets go of its lock.
    CPPUNIT_ASSERT(test::eventually(60s, [&] {
      next.round();
      return scene_.state_of_oldest() == "dropped";
    }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{50}, scene_.rows());
  }

  PartitionScene scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionWorkerTest);
}  // namespace muster
