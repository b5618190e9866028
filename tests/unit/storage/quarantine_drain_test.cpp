#include "aggregator/storage/quarantine_drain.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class QuarantineDrainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QuarantineDrainTest);
  CPPUNIT_TEST(puts_back_what_the_writer_put_aside);
  CPPUNIT_TEST(works_in_batches);
  CPPUNIT_TEST(leaves_and_counts_what_does_not_belong);
  CPPUNIT_TEST(stops_between_batches);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kNow = TestDatabase::kNow;

  static inline const PartitionPolicy kPolicy = default_partition_policies()[0];

  void put_aside(WallTime at, int rows,
                 const std::string& reason = std::string(kOutsidePartitions)) {
    database_.sql(
        "INSERT INTO server_health_checks_quarantine (ts, detail_hash, org_id, server_key, "
        "duration_us, probe_id, reason, status, state, quarantine_reason) "
        "SELECT $1, 0, 1, i, 1, 1, 0, 'o', 'h', $3 FROM generate_series(1, $2::int) AS i",
        {at, rows, reason});
  }

  std::int64_t drain() {
    Connection connection = database_.connect();
    return must(drain_quarantine(connection, kPolicy, kNow, never_));
  }

  QuarantineCounts counts() {
    Connection connection = database_.connect();
    return must(count_quarantine(connection, kPolicy, kNow));
  }

  void puts_back_what_the_writer_put_aside() {
    const WallTime before = kNow - std::chrono::days(30);  // October has no partition
    PostgresBatchStore store(database_.settings());
    const auto row = ResultRow::from(test::sample_result(7, before), test::sample_verdict());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, must(store.store(test::sample_batch({row}))).quarantined);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, drain());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counts().at("uncovered"));
    Connection connection = database_.connect();
    must(PartitionCreator::run(connection, before));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, drain());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7},
                         database_.number("SELECT server_key FROM server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, counts().at("uncovered"));
  }

  void works_in_batches() {
    put_aside(kNow, 12'345);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{12'345}, drain());
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{12'345},
        database_.number("SELECT count(DISTINCT server_key) FROM server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         database_.number("SELECT count(*) FROM server_health_checks_quarantine"));
  }

  void leaves_and_counts_what_does_not_belong() {
    put_aside(kNow - std::chrono::days(500), 2);
    put_aside(kNow + 2h, 3);
    put_aside(kNow, 4, "value out of range");
    put_aside(kNow - std::chrono::days(60), 5);
    put_aside(kNow + 59min, 6);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{6}, drain());
    const QuarantineCounts expected{
        {"expired", 2}, {"future", 3}, {"refused", 4}, {"uncovered", 5}};
    CPPUNIT_ASSERT(counts() == expected);
  }

  void stops_between_batches() {
    put_aside(kNow, 100);
    never_.give();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, drain());
  }

  TestDatabase database_;
  StopSignal never_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(QuarantineDrainTest);
}  // namespace muster
