// Freezing of partitions whose time is over, on PostgreSQL.
#include "aggregator/storage/partition_freezer.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/storage/partition_scene.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::PartitionScene;

class PartitionFreezerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionFreezerTest);
  CPPUNIT_TEST(freezes_what_is_over_and_nothing_else);
  CPPUNIT_TEST(waits_for_a_day);
  CPPUNIT_TEST(freezes_once);
  CPPUNIT_TEST(forgets_what_is_gone);
  CPPUNIT_TEST(stops_when_told);
  CPPUNIT_TEST_SUITE_END();

  // With `now` in the middle of the month that is the newest.
  std::int64_t freeze(WallTime now) {
    return must(freeze_closed(*scene_.connection(), PartitionScene::kTable, now, stop_));
  }
  std::int64_t freeze() { return freeze(scene_.month(0).from + days(10)); }

  static constexpr WallTime::duration days(int count) { return std::chrono::days(count); }

  // Every page of it, as the visibility map says.
  bool is_frozen(int back) {
    const Rows rows = scene_.database.sql(
        "SELECT all_frozen > 0 AND all_frozen = pg_relation_size($1::regclass) / 8192 "
        "FROM pg_visibility_map_summary($1::regclass)",
        {partition_path(PartitionScene::kTable, scene_.month(back))});
    return rows.boolean(0, 0);
  }

  void freezes_what_is_over_and_nothing_else() {
    CPPUNIT_ASSERT(!is_frozen(1));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, freeze());
    CPPUNIT_ASSERT(is_frozen(2) && is_frozen(1) && !is_frozen(0));
  }

  void waits_for_a_day() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, freeze(scene_.month(0).from + kSettled - 1s));
    CPPUNIT_ASSERT(is_frozen(2) && !is_frozen(1));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, freeze(scene_.month(0).from + kSettled));
    CPPUNIT_ASSERT(is_frozen(1));
  }

  // What comes too late lies there as any row does.
  void freezes_once() {
    freeze();
    scene_.insert(scene_.month(1), 100);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, freeze());
    CPPUNIT_ASSERT(!is_frozen(1));
  }

  void forgets_what_is_gone() {
    freeze();
    scene_.database.sql("DROP TABLE " + partition_path(PartitionScene::kTable, scene_.month(2)));
    scene_.make(scene_.month(2));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, freeze());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         scene_.database.number("SELECT count(*) FROM partition_frozen"));
  }

  void stops_when_told() {
    stop_.give();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, freeze());
    CPPUNIT_ASSERT(!is_frozen(1));
  }

 public:
  void setUp() override {
    scene_.fill_months(3, 500);
    scene_.database.sql("CREATE EXTENSION IF NOT EXISTS pg_visibility");
  }

 private:
  PartitionScene scene_;
  StopSignal stop_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionFreezerTest);

}  // namespace muster
