// One file for each mistake one can make under a plugin's `config:`:
// tests/unit/app/bad_plugin_config/NAME.yaml, and NAME.expected with every line that musterd
// prints.
#include <cppunit/extensions/HelperMacros.h>
#include <stdlib.h>

#include <algorithm>

#include "aggregator/app/probe_catalog.h"
#include "common/base/file.h"
#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class BadPluginConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BadPluginConfigTest);
  CPPUNIT_TEST(each_file_gives_its_expected_faults);
  CPPUNIT_TEST(no_secret_is_shown);
  CPPUNIT_TEST_SUITE_END();

 public:
  // A copy, because git keeps no modes.
  void setUp() override {
    fs::copy(MUSTER_SOURCE_DIR "/tests/unit/app/bad_plugin_config", folder_.path(),
             fs::copy_options::recursive);
    for (const auto& file : fs::directory_iterator(folder_.path())) {
      fs::permissions(file, fs::perms(0600));
    }
    fs::create_directory(folder_.path() / "plugins");
    fs::copy(MUSTER_BUILD_DIR "/tests/plugins/particular.so", folder_.path() / "plugins");
    ::setenv("PLUGINS", (folder_.path() / "plugins").c_str(), 1);
    ::setenv("PASSWORD", "refuse-by-variable", 1);
  }

  void each_file_gives_its_expected_faults() {
    std::string wrong;
    for (const fs::path& file : cases_in_order()) {
      const std::string found = faults_of(file);
      const auto expected = read_file(fs::path(file).replace_extension(".expected"), 10'000);
      if (expected && found == *expected && !found.empty()) continue;
      wrong += "\n== " + file.filename().string() + "\nexpected:\n" +
               expected.value_or("(no file)\n") + "found:\n" + found;
    }
    CPPUNIT_ASSERT_MESSAGE(wrong, wrong.empty());
    CPPUNIT_ASSERT(cases_in_order().size() >= 25);
  }

  void no_secret_is_shown() {
    for (const fs::path& file : cases_in_order()) {
      const std::string found = faults_of(file);
      for (const char* secret : {"hunter2", "refuse-", "not-a-secret", "one-two-thre\""}) {
        CPPUNIT_ASSERT_MESSAGE(found, found.find(secret) == std::string::npos);
      }
    }
  }

 private:
  std::vector<fs::path> cases_in_order() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  std::string faults_of(const fs::path& file) const {
    Wall wall(clock_, MUSTER_BUILD_DIR "/bin/muster-probe-host", {});
    const auto catalog = load_settings(file).and_then(
        [&](const Settings& settings) { return ProbeCatalog::build(settings, clock_, wall); });
    std::string lines;
    if (catalog) return "no fault\n";
    for (const Fault& fault : catalog.error()) lines += fault.to_string() + "\n";
    const std::string folder = folder_.path().string() + "/";
    for (std::size_t at; (at = lines.find(folder)) != std::string::npos;) {
      lines.erase(at, folder.size());
    }
    return lines;
  }

  const test::TempDir folder_;
  const SystemClock clock_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(BadPluginConfigTest);
}  // namespace muster
