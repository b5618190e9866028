// Which files are trusted to be loaded, and that what was checked is what is loaded.
#include "common/plugin/plugin_file.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "common/plugin/plugin_library.h"
#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class PluginFileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PluginFileTest);
  CPPUNIT_TEST(trusts_what_only_the_owner_can_write);
  CPPUNIT_TEST(refuses_what_others_can_write);
  CPPUNIT_TEST(the_sticky_bit_helps_above_the_plugins_folder_only);
  CPPUNIT_TEST(refuses_what_belongs_to_strangers);
  CPPUNIT_TEST(does_not_wait_for_what_is_no_file);
  CPPUNIT_TEST(is_not_changed_by_who_overwrites_the_file);
  CPPUNIT_TEST_SUITE_END();

  fs::path plugin() const { return folder_.path() / "inner" / "p.so"; }

  std::string refusal() const {
    const auto file = PluginFile::open(plugin());
    return file ? "" : file.error().message;
  }

  void allow(const fs::path& path, fs::perms more) const {
    fs::permissions(path, more, fs::perm_options::add);
  }

 public:
  void setUp() override {
    fs::create_directory(folder_.path() / "inner");
    fs::permissions(folder_.path() / "inner", fs::perms(0755));
    fs::copy_file(MUSTER_BUILD_DIR "/tests/plugins/whole.so", plugin());
    fs::permissions(plugin(), fs::perms(0644));
  }

 private:
  void trusts_what_only_the_owner_can_write() {
    CPPUNIT_ASSERT_EQUAL(std::string(), refusal());
    const auto file = PluginFile::open(plugin());
    CPPUNIT_ASSERT_EQUAL(std::size_t{64}, file->sha256().size());
    CPPUNIT_ASSERT(file->sha256() == PluginFile::open(plugin())->sha256());
  }

  void refuses_what_others_can_write() {
    allow(plugin(), fs::perms::group_write);
    CPPUNIT_ASSERT_EQUAL(
        "p.so: " + plugin().string() + " can be written by others than its owner; chmod go-w it",
        refusal());
    fs::permissions(plugin(), fs::perms(0644));
    allow(folder_.path() / "inner", fs::perms::others_write);
    CPPUNIT_ASSERT(refusal().find("/inner can be written by others") != std::string::npos);
    fs::permissions(folder_.path() / "inner", fs::perms(0755));
  }

  void the_sticky_bit_helps_above_the_plugins_folder_only() {
    allow(folder_.path(), fs::perms::group_write);
    CPPUNIT_ASSERT(refusal().find("can be written by others") != std::string::npos);
    // In such a folder only who owns an entry can replace it.
    allow(folder_.path(), fs::perms::sticky_bit);
    CPPUNIT_ASSERT_EQUAL(std::string(), refusal());
    // But anybody can add one.
    allow(folder_.path() / "inner", fs::perms::others_write | fs::perms::sticky_bit);
    CPPUNIT_ASSERT(refusal().find("/inner can be written by others") != std::string::npos);
  }

  void refuses_what_belongs_to_strangers() {
    if (::geteuid() != 0) return;  // only root can give a file away
    CPPUNIT_ASSERT_EQUAL(0, ::chown(plugin().c_str(), 4711, 4711));
    CPPUNIT_ASSERT(refusal().find("/p.so belongs to account 4711") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(0, ::chown(plugin().c_str(), 0, 0));
    CPPUNIT_ASSERT_EQUAL(0, ::chown((folder_.path() / "inner").c_str(), 4711, 4711));
    CPPUNIT_ASSERT(refusal().find("/inner belongs to account 4711") != std::string::npos);
  }

  void does_not_wait_for_what_is_no_file() {
    fs::remove(plugin());
    CPPUNIT_ASSERT_EQUAL(0, ::mkfifo(plugin().c_str(), 0600));
    CPPUNIT_ASSERT_EQUAL(std::string("p.so: not a file"), refusal());
  }

  void is_not_changed_by_who_overwrites_the_file() {
    auto file = PluginFile::open(plugin());
    CPPUNIT_ASSERT(file);
    std::ofstream(plugin(), std::ios::trunc) << "rubbish";
    CPPUNIT_ASSERT(PluginLibrary::load(std::move(*file)));
    CPPUNIT_ASSERT_EQUAL(std::string("p.so: not an ELF file"), refusal());
  }

  const test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginFileTest);
}  // namespace muster
