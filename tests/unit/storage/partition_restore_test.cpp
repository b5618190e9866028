#include "aggregator/storage/partition_restore.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/storage/partition_scene.h"

namespace muster {
using test::months_of;
using test::must;
using test::PartitionScene;
namespace fs = std::filesystem;

class PartitionRestoreTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionRestoreTest);
  CPPUNIT_TEST(gives_back_equal_rows_for_a_while);
  CPPUNIT_TEST(goes_the_same_way_again_afterwards);
  CPPUNIT_TEST(works_in_a_database_that_never_knew_it);
  CPPUNIT_TEST(a_column_that_came_later_is_left_empty);
  CPPUNIT_TEST(refuses_a_range_that_is_taken);
  CPPUNIT_TEST(refuses_what_is_still_in_the_database);
  CPPUNIT_TEST(refuses_a_damaged_file_and_leaves_nothing);
  CPPUNIT_TEST(refuses_rows_that_were_not_archived);
  CPPUNIT_TEST(refuses_rows_of_another_time);
  CPPUNIT_TEST(refuses_strange_names);
  CPPUNIT_TEST_SUITE_END();

  static constexpr int kRows = 5'000;

 public:
  void setUp() override {
    scene_.fill_months(6, kRows);
    must(scene_.expire(months_of(4)));
    hash_ = scene_.hash_of(scene_.archives()[0].partition);
    archive();
    file_ = scene_.archives()[0].path;
  }

 private:
  void archive() {
    PartitionArchiver archiver({true, scene_.folder.path()});
    must(archiver.run(*scene_.connection(), PartitionScene::kTable));
  }

  Result<RestoredPartition> restore(const fs::path& file) {
    return restore_archive(*scene_.connection(), file, scene_.clock.wall());
  }

  std::string oldest_partition() const {
    return partition_path(PartitionScene::kTable, scene_.month(5));
  }

  std::string refusal(const fs::path& file) {
    const auto restored = restore(file);
    CPPUNIT_ASSERT(!restored);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5 * kRows}, scene_.rows());
    return restored.error().message;
  }

  void gives_back_equal_rows_for_a_while() {
    const auto restored = must(restore(file_));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{kRows}, restored.rows);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{6 * kRows}, scene_.rows());
    CPPUNIT_ASSERT_EQUAL(hash_, scene_.hash_of(oldest_partition()));
    CPPUNIT_ASSERT_EQUAL(std::string("restored"), scene_.state_of_oldest());
    must(scene_.expire(months_of(4)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{6 * kRows}, scene_.rows());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         scene_.database.number("SELECT count(*) FROM pg_indexes WHERE "
                                                "schemaname || '.' || tablename = $1",
                                                {oldest_partition()}));
  }

  void goes_the_same_way_again_afterwards() {
    must(restore(file_));
    scene_.database.sql("UPDATE partition_archive SET keep_until = now()");
    must(scene_.expire(months_of(4)));
    archive();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5 * kRows}, scene_.rows());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT_EQUAL(hash_, scene_.archives()[0].content.hash);
    must(restore(file_));
    CPPUNIT_ASSERT_EQUAL(hash_, scene_.hash_of(oldest_partition()));
  }

  void works_in_a_database_that_never_knew_it() {
    scene_.database.sql("DELETE FROM partition_archive");
    must(restore(file_));
    CPPUNIT_ASSERT_EQUAL(hash_, scene_.hash_of(oldest_partition()));
    CPPUNIT_ASSERT_EQUAL(std::string("restored"), scene_.state_of_oldest());
  }

  void a_column_that_came_later_is_left_empty() {
    scene_.database.sql("ALTER TABLE server_health_checks ADD COLUMN later int");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{kRows}, must(restore(file_)).rows);
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{6 * kRows},
        scene_.database.number("SELECT count(*) FROM server_health_checks WHERE later IS NULL"));
  }

  void refuses_a_range_that_is_taken() {
    must(restore(file_));
    const auto again = restore(file_);
    CPPUNIT_ASSERT(again.error().message.find("there is a partition of that time") !=
                   std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{6 * kRows}, scene_.rows());
  }

  void refuses_what_is_still_in_the_database() {
    scene_.database.sql("UPDATE partition_archive SET state = 'copied'");
    CPPUNIT_ASSERT(refusal(file_).find("still in the database") != std::string::npos);
  }

  void refuses_a_damaged_file_and_leaves_nothing() {
    fs::resize_file(file_, fs::file_size(file_) - 1);
    CPPUNIT_ASSERT(refusal(file_).find("cut short") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         scene_.database.number("SELECT count(*) FROM pg_class WHERE oid = "
                                                "to_regclass($1)",
                                                {oldest_partition()}));
  }

  void refuses_rows_that_were_not_archived() {
    scene_.database.sql("UPDATE partition_archive SET row_count = row_count - 1");
    CPPUNIT_ASSERT(refusal(file_).find("does not hold the rows") != std::string::npos);
  }

  void refuses_rows_of_another_time() {
    const ArchiveName other{&PartitionScene::kTable, scene_.month(9)};
    const fs::path renamed = scene_.folder.path() / other.to_string();
    fs::rename(file_, renamed);
    CPPUNIT_ASSERT(refusal(renamed).find("in_range") != std::string::npos);
  }

  void refuses_strange_names() {
    for (const char* name : {"a.csv.zst", "server_health_checks.csv.zst",
                             "pg_class.20261101T000000Z.20261201T000000Z.csv.zst",
                             "server_health_checks.20261101T000000Z.20261101T000000Z.csv.zst",
                             "server_health_checks.20261301T000000Z.20261401T000000Z.csv.zst",
                             "server_health_checks.20261101T000000Z.20261201T000000Z.csv",
                             "server_health_checks-20261101T000000Z-20261201T000000Z.csv.zst"}) {
      CPPUNIT_ASSERT_MESSAGE(
          name, refusal(name).find("is not named as archives are") != std::string::npos);
    }
  }

  PartitionScene scene_;
  std::string hash_;
  fs::path file_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionRestoreTest);
}  // namespace muster
