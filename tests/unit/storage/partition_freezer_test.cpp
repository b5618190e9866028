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
  CPPUNIT_TEST(freezes_what_is_over_one_after_the_other);
  CPPUNIT_TEST(waits_for_a_day);
  CPPUNIT_TEST(leaves_alone_what_is_frozen);
  CPPUNIT_TEST(tries_one_in_vain_once_a_day);
  CPPUNIT_TEST(puts_off_what_somebody_has_locked);
  CPPUNIT_TEST_SUITE_END();

  // In the month that is the newest.
  WallTime day(int number) { return scene_.month(0).from + std::chrono::days(number); }

  bool freeze(PartitionFreezer& freezer, WallTime now) {
    return must(freezer.run(*scene_.connection(), PartitionScene::kTable, now));
  }
  bool freeze(WallTime now) { return freeze(freezer_, now); }

  std::string partition(int back) {
    return partition_path(PartitionScene::kTable, scene_.month(back));
  }

  // Every page of it, as the visibility map says.
  bool is_frozen(int back) {
    const Rows rows = scene_.database.sql(
        "SELECT all_frozen > 0 AND all_frozen = pg_relation_size($1::regclass) / 8192 "
        "FROM pg_visibility_map_summary($1::regclass)",
        {partition(back)});
    return rows.boolean(0, 0);
  }

  void freezes_what_is_over_one_after_the_other() {
    CPPUNIT_ASSERT(freeze(day(10)));
    CPPUNIT_ASSERT(is_frozen(2) && !is_frozen(1));
    CPPUNIT_ASSERT(freeze(day(10)));
    CPPUNIT_ASSERT(is_frozen(1) && !is_frozen(0));
    CPPUNIT_ASSERT(!freeze(day(10)));
  }

  void waits_for_a_day() {
    freeze(day(1) - 1s);
    CPPUNIT_ASSERT(!freeze(day(1) - 1s));
    CPPUNIT_ASSERT(freeze(day(1)));
    CPPUNIT_ASSERT(is_frozen(1));
  }

  void leaves_alone_what_is_frozen() {
    PartitionFreezer usual(1'000);
    CPPUNIT_ASSERT(!freeze(usual, day(10)));
    CPPUNIT_ASSERT(!is_frozen(2));
  }

  // All are old enough for freezer_, whatever it does.
  void tries_one_in_vain_once_a_day() {
    freeze(day(10));
    freeze(day(10));
    CPPUNIT_ASSERT(!freeze(day(10) + 23h));
    CPPUNIT_ASSERT(freeze(day(11)));
  }

  void puts_off_what_somebody_has_locked() {
    Connection other = scene_.database.connect();
    must(other.exec("BEGIN"));
    must(other.exec("LOCK TABLE " + partition(2) + " IN SHARE UPDATE EXCLUSIVE MODE"));
    CPPUNIT_ASSERT(freeze(day(10)));
    CPPUNIT_ASSERT(!is_frozen(2));
    CPPUNIT_ASSERT(freeze(day(10)));
    CPPUNIT_ASSERT(is_frozen(1));
  }

 public:
  void setUp() override {
    scene_.fill_months(3, 500);
    scene_.database.sql("CREATE EXTENSION IF NOT EXISTS pg_visibility");
  }

 private:
  PartitionScene scene_;
  PartitionFreezer freezer_{0};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionFreezerTest);

}  // namespace muster
