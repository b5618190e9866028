#include "aggregator/storage/partition_detacher.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/shifted_clock.h"
#include "tests/unit/storage/interrupted_detach.h"
#include "tests/unit/storage/partition_scene.h"

namespace muster {
using test::months_of;
using test::must;
using test::PartitionScene;

class PartitionDetacherTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionDetacherTest);
  CPPUNIT_TEST(moves_what_is_too_old_out_of_the_way);
  CPPUNIT_TEST(a_blown_fuse_takes_nothing_until_a_person_says_so);
  CPPUNIT_TEST(clocks_that_disagree_stop_it);
  CPPUNIT_TEST(waits_for_rollups);
  CPPUNIT_TEST(finalizes_a_pending_detach);
  CPPUNIT_TEST(goes_on_after_any_interruption);
  CPPUNIT_TEST(forgets_what_somebody_dropped);
  CPPUNIT_TEST(an_archive_is_not_written_over);
  CPPUNIT_TEST_SUITE_END();

  void moves_what_is_too_old_out_of_the_way() {
    PartitionScene scene;
    scene.fill_months(6, 100);  // and three ahead
    must(scene.expire(months_of(4)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, scene.attached());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, scene.rows());
    const auto archives = scene.archives();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, archives.size());
    CPPUNIT_ASSERT(archives[0].range == scene.month(5));
    CPPUNIT_ASSERT(archives[0].state == ArchiveState::kDetached);
    CPPUNIT_ASSERT(archives[0].partition.starts_with("muster_archive."));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{100},
                         scene.database.number("SELECT count(*) FROM " + archives[0].partition));
    const auto& database = scene.database;
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{0},
        database.number("SELECT count(*) FROM information_schema.role_table_grants "
                        "WHERE table_schema = 'muster_archive' AND privilege_type "
                        "IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')"));
    must(scene.expire(months_of(4)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, scene.attached());
  }

  void a_blown_fuse_takes_nothing_until_a_person_says_so() {
    PartitionScene scene;
    scene.fill_months(6, 10);
    const auto refused = scene.expire(months_of(1));
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().message.find("4 of 9 partitions") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, scene.attached());
    CPPUNIT_ASSERT(scene.archives().empty());
    must(scene.expire(months_of(1), false));
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, scene.attached());
  }

  void clocks_that_disagree_stop_it() {
    PartitionScene scene;
    scene.fill_months(6, 10);
    test::ShiftedClock clock;
    LockRetry locks(scene.never, scene.waits, {});
    PartitionDetacher detacher(clock, locks);
    const PartitionPolicy policy{&PartitionScene::kTable, PartitionPeriod::kMonthly, months_of(4)};
    clock.jump(std::chrono::seconds(90));
    const auto refused = detacher.expire(*scene.connection(), policy);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().message.find("clocks") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, scene.attached());
    clock.jump(std::chrono::seconds(-60));
    must(detacher.expire(*scene.connection(), policy));
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, scene.attached());
  }

  void waits_for_rollups() {
    PartitionScene scene;
    scene.fill_months(6, 10);
    WallTime finalised = scene.month(5).to - std::chrono::seconds(1);
    scene.finalised_until = [&](Connection&, const PartitionedTable& table) {
      CPPUNIT_ASSERT(&table == &PartitionScene::kTable);
      return DbResult<WallTime>(finalised);
    };
    must(scene.expire(months_of(4)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, scene.attached());
    finalised = scene.month(5).to;
    must(scene.expire(months_of(4)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, scene.attached());
  }

  // One that a person detached stays where it is; one of ours goes on.
  void finalizes_a_pending_detach() {
    PartitionScene scene;
    scene.fill_months(3, 10);
    const std::string name = partition_path(PartitionScene::kTable, scene.month(2));
    test::interrupted_detach(scene.database, PartitionScene::kName, name);
    must(scene.recover());
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, scene.attached());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{10}, scene.database.number("SELECT count(*) FROM " + name));
    CPPUNIT_ASSERT(scene.archives().empty());
    scene.make_row(scene.month(1));
    test::interrupted_detach(scene.database, PartitionScene::kName,
                             partition_path(PartitionScene::kTable, scene.month(1)));
    must(scene.recover());
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, scene.attached());
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene.state_of_oldest());
  }

  void goes_on_after_any_interruption() {
    PartitionScene scene;
    scene.fill_months(3, 10);
    const std::string name = partition_path(PartitionScene::kTable, scene.month(2));
    // Noted, and nothing else: it is as if nothing had been.
    scene.make_row(scene.month(2));
    must(scene.recover());
    CPPUNIT_ASSERT_EQUAL(std::string("none"), scene.state_of_oldest());
    // Detached, and not moved yet.
    scene.make_row(scene.month(2));
    scene.database.sql("ALTER TABLE server_health_checks DETACH PARTITION " + name +
                       " CONCURRENTLY");
    must(scene.recover());
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene.state_of_oldest());
    must(scene.recover());
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene.state_of_oldest());
  }

  // Somebody made a partition of a time that went to a file long ago.
  void an_archive_is_not_written_over() {
    PartitionScene scene;
    scene.fill_months(6, 10);
    scene.make_row(scene.month(5));
    scene.database.sql("UPDATE partition_archive SET state = 'dropped', path = '/a'");
    const auto refused = scene.expire(months_of(4));
    CPPUNIT_ASSERT(refused.error().message.find("has an archive already") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, scene.attached());
  }

  void forgets_what_somebody_dropped() {
    PartitionScene scene;
    scene.fill_months(3, 10);
    scene.make_row(scene.month(2));
    scene.database.sql("DROP TABLE " + partition_path(PartitionScene::kTable, scene.month(2)));
    must(scene.recover());
    CPPUNIT_ASSERT(scene.archives().empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionDetacherTest);
}  // namespace muster
