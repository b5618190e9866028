#include "common/plugin/plugin_library.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class PluginLibraryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PluginLibraryTest);
  CPPUNIT_TEST(loads_ours);
  CPPUNIT_TEST(refuses_wrong_tables_in_words);
  CPPUNIT_TEST(refuses_foreign_and_truncated_files);
  CPPUNIT_TEST(what_cannot_be_loaded_leaves_nothing_open);
  CPPUNIT_TEST(finds_the_libraries_of_a_directory);
  CPPUNIT_TEST_SUITE_END();

  static fs::path ours(const std::string& name) {
    return fs::path(MUSTER_BUILD_DIR) / "plugins" / ("muster_probe_" + name + ".so");
  }
  static fs::path bad(const std::string& name) {
    return fs::path(MUSTER_BUILD_DIR) / "tests/plugins" / (name + ".so");
  }
  static std::string refusal(const fs::path& path) {
    const auto library = PluginLibrary::load(path);
    return library ? "loaded" : library.error().message;
  }
  static void expect(const fs::path& path, const std::string& words) {
    const std::string message = refusal(path);
    CPPUNIT_ASSERT_MESSAGE(message, message.find(path.filename().string()) == 0);
    CPPUNIT_ASSERT_MESSAGE(message, message.find(words) != std::string::npos);
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void loads_ours() {
    const auto health = PluginLibrary::load(ours("http_health"));
    CPPUNIT_ASSERT_MESSAGE(refusal(ours("http_health")), health);
    CPPUNIT_ASSERT_EQUAL(std::string("http_health"), (*health)->name());
    CPPUNIT_ASSERT(PluginLibrary::load(ours("metrics_pull")));
    CPPUNIT_ASSERT_EQUAL(std::string("loaded"), refusal(bad("whole")));
  }

  void refuses_wrong_tables_in_words() {
    expect(bad("newer_abi"),
           "built for probe ABI 1.999; this host has 1." + std::to_string(MUSTER_ABI_MINOR));
    expect(bad("no_symbol"), "no symbol muster_plugin_v1");
    expect(bad("bad_name"), "its name must be of a-z");
    expect(bad("wants_service"), "needs the service muster.teleport/1");
    expect(bad("small_table"), "table is too small");
  }

  void refuses_foreign_and_truncated_files() {
    const test::TempDir directory;
    const std::string whole = content(ours("http_health"));
    expect(directory.write("text.so", "not a library"), "not an ELF file");
    expect(directory.write("empty.so", ""), "not an ELF file");
    expect(directory.path() / "absent.so", "No such file");
    std::string foreign = whole;
    foreign[18] = 40;  // e_machine: 32-bit ARM
    expect(directory.write("foreign.so", foreign), "built for another machine");
    // Every kind of cut: in the header, the tables, the segments, the last byte.
    for (const std::size_t keep : {std::size_t{10}, std::size_t{64}, std::size_t{200},
                                   whole.size() / 4, whole.size() / 2, whole.size() - 1}) {
      const auto path = directory.write("cut.so", whole.substr(0, keep));
      CPPUNIT_ASSERT_MESSAGE(std::to_string(keep), !PluginLibrary::load(path));
    }
  }

  void what_cannot_be_loaded_leaves_nothing_open() {
    const test::TempDir directory;
    std::string lacking = content(bad("whole"));
    const std::string needed = "libc.so.6";
    CPPUNIT_ASSERT(lacking.find(needed) != std::string::npos);
    lacking.replace(lacking.find(needed), needed.size(), "libx.so.6");
    const auto path = directory.write("lacking.so", lacking);
    const auto open = [] {
      return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    const auto before = open();
    expect(path, "cannot open shared object file");
    CPPUNIT_ASSERT_EQUAL(before, open());
  }

  void finds_the_libraries_of_a_directory() {
    const test::TempDir directory;
    directory.write("b.so", "rubbish");
    directory.write("a.so", "rubbish");
    directory.write("README.txt", "not looked at");
    const auto found = find_plugins(directory.path());
    CPPUNIT_ASSERT(found);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, found->size());
    CPPUNIT_ASSERT_EQUAL(std::string("a.so"), found->front().filename().string());
    CPPUNIT_ASSERT(!find_plugins("/nowhere/at/all"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginLibraryTest);
}  // namespace muster
