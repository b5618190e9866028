#include "aggregator/app/state_directory.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <optional>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class StateDirectoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(StateDirectoryTest);
  CPPUNIT_TEST(makes_the_folder_and_those_above);
  CPPUNIT_TEST(one_daemon_at_a_time);
  CPPUNIT_TEST(the_lock_moves_with_its_owner);
  CPPUNIT_TEST(another_process_is_refused_too);
  CPPUNIT_TEST(a_leftover_lock_file_does_not_matter);
  CPPUNIT_TEST(names_what_is_in_the_way);
  CPPUNIT_TEST_SUITE_END();

  fs::path path() const { return top_.path() / "var" / "muster"; }

  void makes_the_folder_and_those_above() {
    const auto opened = StateDirectory::open(path());
    CPPUNIT_ASSERT(opened);
    CPPUNIT_ASSERT_EQUAL(path(), opened->path());
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(path().c_str(), &stat));
    CPPUNIT_ASSERT_EQUAL(mode_t{0711}, stat.st_mode & 0777);
    CPPUNIT_ASSERT_EQUAL(0, ::stat((path() / "lock").c_str(), &stat));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, stat.st_mode & 0777);
  }

  void one_daemon_at_a_time() {
    auto first = std::make_optional(StateDirectory::open(path()));
    const auto second = StateDirectory::open(path());
    CPPUNIT_ASSERT(!second);
    CPPUNIT_ASSERT(second.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT_EQUAL("another musterd already uses the state_dir " + path().string(),
                         second.error().message);
    first.reset();
    CPPUNIT_ASSERT(StateDirectory::open(path()));
  }

  void the_lock_moves_with_its_owner() {
    auto first = StateDirectory::open(path());
    std::optional<StateDirectory> owner(std::move(*first));
    first = fail(ErrorCode::kInternal, "gone");  // what it was moved from holds nothing
    CPPUNIT_ASSERT(!StateDirectory::open(path()));
    owner.reset();
    CPPUNIT_ASSERT(StateDirectory::open(path()));
  }

  void another_process_is_refused_too() {
    const auto opened = StateDirectory::open(path());
    test::ChildProcess other("flock", {"-n", path() / "lock", "true"});
    CPPUNIT_ASSERT_EQUAL(1, other.wait_exit(20s).value_or(-1));
  }

  void a_leftover_lock_file_does_not_matter() {
    top_.write("var/muster/lock", "12345\n");
    CPPUNIT_ASSERT(StateDirectory::open(path()));
  }

  void names_what_is_in_the_way() {
    const auto file = top_.write("file", "");
    const auto in_file = StateDirectory::open(file);
    CPPUNIT_ASSERT(!in_file);
    CPPUNIT_ASSERT(in_file.error().message.find(file.string()) != std::string::npos);
    CPPUNIT_ASSERT(!StateDirectory::open(file / "below"));
  }

  const test::TempDir top_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StateDirectoryTest);
}  // namespace muster
