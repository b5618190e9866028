#include "aggregator/storage/partition_creator.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "aggregator/storage/migrations.h"
#include "aggregator/storage/transaction.h"
#include "common/base/rfc3339.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"
#include "tests/unit/storage/interrupted_detach.h"

namespace muster {
using test::interrupted_detach;
using test::must;
using test::TestDatabase;

class PartitionCreatorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionCreatorTest);
  CPPUNIT_TEST(makes_what_is_missing_once);
  CPPUNIT_TEST(goes_on_a_month_later);
  CPPUNIT_TEST(fills_the_gaps_around_another_partition);
  CPPUNIT_TEST(follows_a_new_period);
  CPPUNIT_TEST(the_range_of_a_pending_detach_is_not_free);
  CPPUNIT_TEST(tries_again_when_a_lock_is_taken);
  CPPUNIT_TEST(a_foreign_table_of_the_name_does_not_stop_the_others);
  CPPUNIT_TEST(two_daemons_make_each_once);
  CPPUNIT_TEST(does_not_wait_for_a_writer);
  CPPUNIT_TEST(partitions_have_the_indexes_and_no_check);
  CPPUNIT_TEST(reads_open_bounds);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kTable = "server_health_checks";
  const int tables_ = static_cast<int>(kPartitionedTables.size());

 public:
  void setUp() override {
    Connection connection = database_.connect();
    must(Migrations::built_in().apply(connection));
  }

 private:
  PartitionReport run(WallTime now = TestDatabase::kNow) {
    Connection connection = database_.connect();
    return must(PartitionCreator::run(connection, now));
  }

  std::vector<TimeRange> bounds() {
    Connection connection = database_.connect();
    return must(partition_bounds(connection, kTable));
  }

  void makes_what_is_missing_once() {
    const PartitionReport first = run();
    CPPUNIT_ASSERT_EQUAL(4 * tables_, first.created);
    CPPUNIT_ASSERT_EQUAL(0, first.blocked);
    CPPUNIT_ASSERT_EQUAL(std::string("2027-03-01T00:00:00.000Z"), to_rfc3339(first.covered_until));
    CPPUNIT_ASSERT_EQUAL(0, run().created);
    CPPUNIT_ASSERT(bounds() == PartitionPlanner::wanted(TestDatabase::kNow));
  }

  void goes_on_a_month_later() {
    run();
    CPPUNIT_ASSERT_EQUAL(tables_, run(TestDatabase::kNow + std::chrono::days(20)).created);
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, bounds().size());
  }

  void fills_the_gaps_around_another_partition() {
    database_.sql(
        "CREATE TABLE odd PARTITION OF server_health_checks "
        "FOR VALUES FROM ('2026-12-15 06:00Z') TO ('2027-01-15Z')");
    const PartitionReport report = run();
    CPPUNIT_ASSERT_EQUAL(0, report.blocked);
    CPPUNIT_ASSERT_EQUAL(4 * tables_, report.created);  // what is left of December and of January
    CPPUNIT_ASSERT_EQUAL(std::string("2027-03-01T00:00:00.000Z"), to_rfc3339(report.covered_until));
  }

  void follows_a_new_period() {
    run();
    auto daily = default_partition_policies();
    daily[0].period = PartitionPeriod::kDaily;
    Connection connection = database_.connect();
    const WallTime later = TestDatabase::kNow + std::chrono::days(96);  // 27 February
    CPPUNIT_ASSERT_EQUAL(6 + 3 * (tables_ - 1),
                         must(PartitionCreator::run(connection, later, daily)).created);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4 + 6}, bounds().size());
    // And back: March is made up of what its days leave.
    CPPUNIT_ASSERT_EQUAL(3, must(PartitionCreator::run(connection, later)).created);
    for (std::size_t i = 1; i < bounds().size(); ++i) {
      CPPUNIT_ASSERT(bounds()[i - 1].to == bounds()[i].from);
    }
  }

  void the_range_of_a_pending_detach_is_not_free() {
    run();
    interrupted_detach(database_, kTable, "muster_part.server_health_checks_2027_01");
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, bounds().size());
    const PartitionReport report = run();
    CPPUNIT_ASSERT_EQUAL(0, report.created);
    CPPUNIT_ASSERT_EQUAL(0, report.blocked);
    CPPUNIT_ASSERT_EQUAL(std::string("2027-01-01T00:00:00.000Z"), to_rfc3339(report.covered_until));
  }

  void tries_again_when_a_lock_is_taken() {
    Connection holder = database_.connect();
    auto held = must(Transaction::begin(holder));
    must(holder.exec("LOCK TABLE server_health_checks IN SHARE UPDATE EXCLUSIVE MODE"));
    ConnectionSettings impatient = database_.settings();
    impatient.lock_timeout = std::chrono::milliseconds(50);
    Connection connection = must(Connection::open(impatient));
    StopSignal never;
    Histogram waits({1});
    LockRetry once(never, waits, {});
    const PartitionPolicy policy = default_partition_policies()[0];
    const auto refused = PartitionCreator::cover(connection, policy, TestDatabase::kNow, once);
    CPPUNIT_ASSERT_EQUAL(std::string("55P03"), refused.error().sqlstate);
    LockRetry patient(never, waits, LockRetry::Pauses(100, std::chrono::milliseconds(20)));
    std::thread release([&] {
      test::eventually(std::chrono::seconds(20), [&] { return waits.counts()[0] >= 3; });
      must(held.commit());
    });
    const auto made = PartitionCreator::cover(connection, policy, TestDatabase::kNow, patient);
    release.join();
    CPPUNIT_ASSERT_EQUAL(4, must(made).created);
  }

  void a_foreign_table_of_the_name_does_not_stop_the_others() {
    database_.sql("CREATE TABLE muster_part.server_health_checks_2026_12 (a int)");
    const PartitionReport report = run();
    CPPUNIT_ASSERT_EQUAL(1, report.blocked);
    CPPUNIT_ASSERT_EQUAL(4 * tables_ - 1, report.created);
  }

  void two_daemons_make_each_once() {
    int created[2] = {};
    std::thread other([&] { created[0] = run().created; });
    created[1] = run().created;
    other.join();
    // Both count what the second found made while it waited; the catalog has each once.
    CPPUNIT_ASSERT(created[0] + created[1] >= 4 * tables_);
    CPPUNIT_ASSERT(bounds() == PartitionPlanner::wanted(TestDatabase::kNow));
  }

  void does_not_wait_for_a_writer() {
    run();
    Connection writer = database_.connect();
    const auto open = must(Transaction::begin(writer));
    must(
        writer.exec("INSERT INTO server_health_checks (ts, detail_hash, org_id, server_key, "
                    "duration_us, probe_id, reason, status, state) "
                    "VALUES ($1, 0, 1, 1, 1, 1, 0, 'o', 'h')",
                    {TestDatabase::kNow}));
    ConnectionSettings impatient = database_.settings();
    impatient.lock_timeout = std::chrono::seconds(1);
    Connection connection = must(Connection::open(impatient));
    const auto report =
        must(PartitionCreator::run(connection, TestDatabase::kNow + std::chrono::days(20)));
    CPPUNIT_ASSERT_EQUAL(tables_, report.created);
  }

  void partitions_have_the_indexes_and_no_check() {
    run();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         database_.number("SELECT count(*) FROM pg_indexes WHERE tablename = "
                                          "'server_health_checks_2026_11'"));
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{0},
        database_.number("SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND "
                         "conrelid = 'muster_part.server_health_checks_2026_11'::regclass"));
  }

  void reads_open_bounds() {
    database_.sql(
        "CREATE TABLE past PARTITION OF server_health_checks "
        "FOR VALUES FROM (MINVALUE) TO ('2026-01-01Z')");
    const auto ranges = bounds();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ranges.size());
    CPPUNIT_ASSERT(ranges[0].contains(WallTime{}));
    CPPUNIT_ASSERT(!ranges[0].contains(TestDatabase::kNow));
  }

  TestDatabase database_{TestDatabase::Content::kEmpty};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionCreatorTest);
}  // namespace muster
