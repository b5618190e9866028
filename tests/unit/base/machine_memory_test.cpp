#include "common/base/machine_memory.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/base/file.h"
#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class MachineMemoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MachineMemoryTest);
  CPPUNIT_TEST(the_machine_has_some);
  CPPUNIT_TEST(the_tightest_group_counts);
  CPPUNIT_TEST(what_says_nothing_limits_nothing);
  CPPUNIT_TEST_SUITE_END();

  void write(const std::string& name, const std::string& text) const {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    CPPUNIT_ASSERT(write_file(path, text, 0600));
  }
  std::uint64_t found() const { return memory_for_us(folder_.path(), folder_.path() / "groups"); }

  void the_machine_has_some() { CPPUNIT_ASSERT(memory_for_us() > 16UL * 1024 * 1024); }

  void the_tightest_group_counts() {
    write("cgroup", "1:name=systemd:/old\n0::/a.slice/b.service\n");
    write("groups/memory.max", "900000\n");
    write("groups/a.slice/memory.max", "700000\n");
    write("groups/a.slice/b.service/memory.max", "max\n");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{700'000}, found());
    write("groups/a.slice/b.service/memory.max", "500000\n");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{500'000}, found());
    write("cgroup", "0::/\n");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{900'000}, found());
  }

  void what_says_nothing_limits_nothing() {
    const std::uint64_t machine = found();
    CPPUNIT_ASSERT(machine > 16UL * 1024 * 1024);
    write("cgroup", "rubbish");
    write("groups/memory.max", "max\n");
    CPPUNIT_ASSERT_EQUAL(machine, found());
  }

  const test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MachineMemoryTest);
}  // namespace muster
