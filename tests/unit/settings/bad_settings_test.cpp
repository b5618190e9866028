// One file for each mistake one can make: tests/unit/config/bad/NAME.yaml (or NAME/muster.yaml with
// its probes.d), and NAME.expected with every line that musterd then prints.
#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "aggregator/settings/settings.h"
#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class BadSettingsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BadSettingsTest);
  CPPUNIT_TEST(each_file_gives_its_expected_faults);
  CPPUNIT_TEST_SUITE_END();

 public:
  // A copy, because git keeps no modes: what ends in .open, its group may read.
  void setUp() override {
    fs::copy(fs::path(MUSTER_SOURCE_DIR) / "tests/unit/config/bad", folder_.path(),
             fs::copy_options::recursive);
    for (const auto& file : fs::recursive_directory_iterator(folder_.path())) {
      const bool open = file.path().extension() == ".open";
      if (file.is_regular_file()) fs::permissions(file, fs::perms(open ? 0640 : 0600));
    }
  }

  void each_file_gives_its_expected_faults() {
    int cases = 0;
    std::string wrong;
    for (const fs::path& file : cases_in_order()) {
      ++cases;
      const std::string found = faults_of(file);
      const std::string expected = content(expectation(file));
      if (found == expected && !found.empty()) continue;
      wrong += "\n== " + file.string() + "\nexpected:\n" + expected + "found:\n" + found;
    }
    CPPUNIT_ASSERT_MESSAGE(wrong, wrong.empty());
    CPPUNIT_ASSERT_MESSAGE("no case was found", cases >= 40);
  }

 private:
  std::vector<fs::path> cases_in_order() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
      if (fs::exists(entry.path() / "muster.yaml")) files.push_back(entry.path() / "muster.yaml");
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  fs::path expectation(const fs::path& file) const {
    const fs::path name = file.filename() == "muster.yaml" ? file.parent_path() : file;
    return fs::path(name).replace_extension(".expected");
  }

  static std::string content(const fs::path& file) {
    const std::ifstream stream(file, std::ios::binary);
    if (!stream) return "(there is no " + file.filename().string() + ")\n";
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  std::string faults_of(const fs::path& file) const {
    Surroundings surroundings = Surroundings::system();
    surroundings.environment = [](const std::string& name) {
      return name == "WORD" ? std::optional<std::string>("word") : std::nullopt;
    };
    const auto settings = load_settings(file, surroundings);
    std::string lines;
    if (settings) return "no fault\n";
    for (const Fault& fault : settings.error()) lines += fault.to_string() + "\n";
    const std::string folder = file.parent_path().string() + "/";
    for (std::size_t at; (at = lines.find(folder)) != std::string::npos;) {
      lines.erase(at, folder.size());
    }
    return lines;
  }

  const test::TempDir folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(BadSettingsTest);
}  // namespace muster
