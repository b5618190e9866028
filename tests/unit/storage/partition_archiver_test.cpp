#include "aggregator/storage/partition_archiver.h"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>

#include "tests/unit/storage/partition_scene.h"

namespace muster {
using test::months_of;
using test::must;
using test::PartitionScene;
namespace fs = std::filesystem;

class PartitionArchiverTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionArchiverTest);
  CPPUNIT_TEST(copies_verifies_and_drops);
  CPPUNIT_TEST(goes_on_in_every_state_after_a_restart);
  CPPUNIT_TEST(what_a_crash_left_of_a_file_does_no_harm);
  CPPUNIT_TEST(a_damaged_file_is_refused_and_written_anew);
  CPPUNIT_TEST(a_file_of_other_rows_is_refused);
  CPPUNIT_TEST(a_file_that_went_keeps_the_table);
  CPPUNIT_TEST(little_disk_keeps_the_table);
  CPPUNIT_TEST(no_room_is_not_asked_for_again_at_once);
  CPPUNIT_TEST(verifying_needs_room_too);
  CPPUNIT_TEST(a_disk_that_fills_up_meanwhile_keeps_the_table);
  CPPUNIT_TEST(without_archives_it_just_drops);
  CPPUNIT_TEST(one_bad_partition_does_not_stop_the_others);
  CPPUNIT_TEST(an_empty_partition_has_an_archive_too);
  CPPUNIT_TEST_SUITE_END();

  static constexpr int kRows = 20'000;

 public:
  void setUp() override {
    scene_.fill_months(6, kRows);
    must(scene_.expire(months_of(4)));
    hash_ = scene_.hash_of(row().partition);
  }

 private:
  ArchiveRow row() { return scene_.archives().at(0); }

  PartitionArchiveSettings settings() const { return {true, scene_.folder.path() / "archive"}; }

  // One step by a daemon that was started for it.
  DbResult<void> advance() {
    PartitionArchiver archiver(settings());
    return archiver.advance(*scene_.connection(), PartitionScene::kTable, row());
  }

  DbResult<void> run() {
    PartitionArchiver archiver(settings());
    return archiver.run(*scene_.connection(), PartitionScene::kTable);
  }

  bool table_is_there() {
    return scene_.database.number(
               "SELECT count(*) FROM pg_class WHERE relnamespace = "
               "'muster_archive'::regnamespace AND relkind = 'r'") > 0;
  }

  void overwrite(std::streamoff at) {
    std::fstream file(row().path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char was = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(was ^ 0x55));
  }

  void copies_verifies_and_drops() {
    must(run());
    const ArchiveRow done = row();
    CPPUNIT_ASSERT(done.state == ArchiveState::kDropped);
    CPPUNIT_ASSERT(!table_is_there());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{kRows}, done.content.rows);
    CPPUNIT_ASSERT_EQUAL(hash_, done.content.hash);
    CPPUNIT_ASSERT(fs::file_size(done.path) == static_cast<std::uint64_t>(done.bytes));
    const auto name = ArchiveName::parse(fs::path(done.path).filename().string());
    CPPUNIT_ASSERT(name && name->table == &PartitionScene::kTable);
    CPPUNIT_ASSERT(name->range == scene_.month(5));
  }

  void goes_on_in_every_state_after_a_restart() {
    for (const auto* state : {"detached", "copied", "verified"}) {
      CPPUNIT_ASSERT_EQUAL(std::string(state), scene_.state_of_oldest());
      CPPUNIT_ASSERT(table_is_there());
      must(advance());
    }
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(!table_is_there());
    must(advance());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
  }

  // Killed within a step: the file is there, whole or in part, and its row says nothing of it.
  void what_a_crash_left_of_a_file_does_no_harm() {
    const std::string file =
        "archive/" + ArchiveName{&PartitionScene::kTable, row().range}.to_string();
    fs::create_directories(settings().directory);
    scene_.folder.write(file, "half of a");
    scene_.folder.write(file + ".part", "half of another");
    must(run());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(!fs::exists(row().path + ".part"));
  }

  void a_damaged_file_is_refused_and_written_anew() {
    must(advance());
    for (const std::streamoff at :
         {std::streamoff{0}, std::streamoff(row().bytes / 2), std::streamoff(row().bytes - 1)}) {
      overwrite(at);
      PartitionArchiver archiver(settings());
      const auto refused = archiver.advance(*scene_.connection(), PartitionScene::kTable, row());
      CPPUNIT_ASSERT(!refused);
      CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, archiver.verify_failures());
      CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene_.state_of_oldest());
      CPPUNIT_ASSERT_EQUAL(hash_, scene_.hash_of(row().partition));
      must(advance());
      CPPUNIT_ASSERT_EQUAL(std::string("copied"), scene_.state_of_oldest());
    }
    must(run());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
  }

  // Well-formed, but not what the table holds now.
  void a_file_of_other_rows_is_refused() {
    must(advance());
    scene_.database.sql("UPDATE partition_archive SET row_hash = row_hash + 1");
    CPPUNIT_ASSERT(!advance());
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(table_is_there());
  }

  void a_file_that_went_keeps_the_table() {
    must(advance());
    must(advance());
    fs::remove(row().path);
    CPPUNIT_ASSERT(!advance());
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(table_is_there());
  }

  void little_disk_keeps_the_table() {
    PartitionArchiver archiver(settings(),
                               [](const fs::path&) { return Result<std::uint64_t>(1'000'000); });
    const auto refused = archiver.run(*scene_.connection(), PartitionScene::kTable);
    CPPUNIT_ASSERT(refused.error().message.find("too little space") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(table_is_there());
    CPPUNIT_ASSERT(fs::is_empty(settings().directory));
  }

  void no_room_is_not_asked_for_again_at_once() {
    int asked = 0;
    PartitionArchiver archiver(settings(), [&](const fs::path&) {
      ++asked;
      return Result<std::uint64_t>(1'000'000);
    });
    const auto refused = archiver.run(*scene_.connection(), PartitionScene::kTable);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT_EQUAL(std::string("53100"), refused.error().sqlstate);
    must(archiver.run(*scene_.connection(), PartitionScene::kTable));
    CPPUNIT_ASSERT_EQUAL(1, asked);
  }

  // What is read back takes room where the database is.
  void verifying_needs_room_too() {
    PartitionArchiver archiver(settings(), [&](const fs::path& directory) {
      return Result<std::uint64_t>(directory == settings().directory ? 1'000'000'000'000
                                                                     : 1'000'000);
    });
    const auto refused = archiver.run(*scene_.connection(), PartitionScene::kTable);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT_EQUAL(std::string("53100"), refused.error().sqlstate);
    CPPUNIT_ASSERT_EQUAL(std::string("copied"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(table_is_there());
  }

  void a_disk_that_fills_up_meanwhile_keeps_the_table() {
    int asked = 0;
    PartitionArchiver archiver(settings(), [&](const fs::path&) {
      return Result<std::uint64_t>(++asked == 1 ? 1'000'000'000'000 : 1'000'000);
    });
    const auto refused = archiver.run(*scene_.connection(), PartitionScene::kTable);
    CPPUNIT_ASSERT(refused.error().message.find("too little space") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(2, asked);
    CPPUNIT_ASSERT_EQUAL(std::string("detached"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(table_is_there());
    CPPUNIT_ASSERT(fs::is_empty(settings().directory));
  }

  void without_archives_it_just_drops() {
    PartitionArchiver archiver({false, {}});
    must(archiver.run(*scene_.connection(), PartitionScene::kTable));
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT(row().path.empty());
    CPPUNIT_ASSERT(!table_is_there());
  }

  void one_bad_partition_does_not_stop_the_others() {
    must(scene_.expire(months_of(3)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, scene_.archives().size());
    scene_.database.sql("DROP TABLE " + row().partition);
    CPPUNIT_ASSERT(!run());
    CPPUNIT_ASSERT(scene_.archives()[0].state == ArchiveState::kDetached);
    CPPUNIT_ASSERT(scene_.archives()[1].state == ArchiveState::kDropped);
  }

  void an_empty_partition_has_an_archive_too() {
    scene_.database.sql("TRUNCATE " + row().partition);
    must(run());
    CPPUNIT_ASSERT_EQUAL(std::string("dropped"), scene_.state_of_oldest());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, row().content.rows);
  }

  PartitionScene scene_;
  std::string hash_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionArchiverTest);
}  // namespace muster
