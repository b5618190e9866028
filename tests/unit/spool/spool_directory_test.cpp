#include "aggregator/spool/spool_directory.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "tests/support/must.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;

class SpoolDirectoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpoolDirectoryTest);
  CPPUNIT_TEST(segments_come_in_the_order_in_which_they_were_begun);
  CPPUNIT_TEST(a_second_user_is_refused);
  CPPUNIT_TEST(what_is_put_aside_is_no_segment);
  CPPUNIT_TEST(what_is_put_aside_is_never_overwritten);
  CPPUNIT_TEST(what_ends_in_its_header_is_removed);
  CPPUNIT_TEST(other_files_are_left_alone);
  CPPUNIT_TEST_SUITE_END();

  void segments_come_in_the_order_in_which_they_were_begun() {
    {
      auto directory = must(SpoolDirectory::open(path_));
      for (int i = 0; i < 12; ++i) must(directory.begin_segment());
      must(directory.remove(must(directory.segments()).front().path));
    }
    auto directory = must(SpoolDirectory::open(path_));
    const auto newest = must(directory.begin_segment());
    const auto segments = must(directory.segments());
    CPPUNIT_ASSERT_EQUAL(std::size_t{12}, segments.size());
    CPPUNIT_ASSERT(newest.path() == segments.back().path);
    CPPUNIT_ASSERT_EQUAL(kSegmentHeader, segments.back().bytes);
    CPPUNIT_ASSERT_EQUAL(std::string("0000000000000013.segment"),
                         newest.path().filename().string());
  }

  void a_second_user_is_refused() {
    const auto directory = must(SpoolDirectory::open(path_));
    CPPUNIT_ASSERT(SpoolDirectory::open(path_).error().code == ErrorCode::kConflict);
  }

  void what_is_put_aside_is_no_segment() {
    auto directory = must(SpoolDirectory::open(path_));
    const auto segment = must(directory.begin_segment());
    must(directory.put_aside(segment.path()));
    CPPUNIT_ASSERT(must(directory.segments()).empty());
    CPPUNIT_ASSERT(std::filesystem::exists(segment.path().string() + ".damaged"));
  }

  void what_is_put_aside_is_never_overwritten() {
    std::set<std::string> aside;
    for (int i = 0; i < 3; ++i) {  // each start finds an empty spool
      auto directory = must(SpoolDirectory::open(path_));
      const auto segment = must(directory.begin_segment());
      must(directory.put_aside(segment.path()));
      aside.insert(segment.path().string() + ".damaged");
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, aside.size());
    for (const std::string& path : aside) CPPUNIT_ASSERT(std::filesystem::exists(path));
  }

  void what_ends_in_its_header_is_removed() {
    top_.write("spool/0000000000000007.segment", "");
    top_.write("spool/0000000000000008.segment", std::string(kSegmentHeader - 1, 'x'));
    const auto whole =
        top_.write("spool/0000000000000009.segment", std::string(kSegmentHeader, 'x'));
    auto directory = must(SpoolDirectory::open(path_));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(directory.segments()).size());
    CPPUNIT_ASSERT(must(directory.segments()).front().path == whole);
    CPPUNIT_ASSERT(!std::filesystem::exists(path_ / "0000000000000007.segment"));
  }

  void other_files_are_left_alone() {
    auto directory = must(SpoolDirectory::open(path_));
    for (const char* name : {"spool/notes.segment", "spool/12", "spool/x12.segment"}) {
      top_.write(name, "");
    }
    CPPUNIT_ASSERT(must(directory.segments()).empty());
  }

  test::TempDir top_;
  std::filesystem::path path_ = top_.path() / "spool";
};

CPPUNIT_TEST_SUITE_REGISTRATION(SpoolDirectoryTest);
}  // namespace muster
