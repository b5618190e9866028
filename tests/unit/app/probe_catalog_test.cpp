#include "aggregator/app/probe_catalog.h"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>

#include "tests/support/temp_dir.h"

namespace muster {
namespace fs = std::filesystem;

class ProbeCatalogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeCatalogTest);
  CPPUNIT_TEST(makes_each_entry_a_probe);
  CPPUNIT_TEST(takes_over_what_did_not_change);
  CPPUNIT_TEST(every_fault_is_named_with_its_place);
  CPPUNIT_TEST(what_a_plugin_refuses_is_a_fault);
  CPPUNIT_TEST(names_plugins_that_it_cannot_use);
  CPPUNIT_TEST(a_refused_plugin_is_tried_again_when_it_has_changed);
  CPPUNIT_TEST(what_was_our_own_fault_is_tried_again);
  CPPUNIT_TEST(says_between_plugins_that_it_is_alive);
  CPPUNIT_TEST(a_missing_plugin_directory_is_a_fault);
  CPPUNIT_TEST(the_samples_are_right);
  CPPUNIT_TEST_SUITE_END();

  using Built = tl::expected<ProbeCatalog, Faults>;

  Built build(const std::string& probes, const fs::path& plugins, const ProbeCatalog* before) {
    return build(probes, plugins, before, wall_);
  }

  Built build(const std::string& probes, const fs::path& plugins, const ProbeCatalog* before,
              Wall& wall) {
    const auto file = folder_.write("muster.yaml", "plugins: {directory: " + plugins.string() +
                                                       ", drop_in: /none}\nprobes:\n" + probes);
    return load_settings(file).and_then([&](const Settings& settings) {
      return ProbeCatalog::build(settings, clock_, wall, before);
    });
  }

  Built build(const std::string& probes, const ProbeCatalog* before = nullptr) {
    return build(probes, MUSTER_BUILD_DIR "/plugins", before);
  }

  static std::string text_of(const Built& built) {
    std::string text;
    if (built) return text;
    for (const Fault& fault : built.error()) text += fault.to_string() + "\n";
    return text;
  }

  static inline const std::string kTwo =
      "- {name: health, plugin: http_health, every: 10s}\n"
      "- {name: metrics, plugin: metrics_pull, every: 60s}\n";

  void makes_each_entry_a_probe() {
    const Built catalog = build(kTwo);
    CPPUNIT_ASSERT_MESSAGE(text_of(catalog), catalog.has_value());
    CPPUNIT_ASSERT(catalog->plugins().size() >= 2);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, catalog->specs().size());
    CPPUNIT_ASSERT_EQUAL(std::string("health"), catalog->specs()[0]->name);
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"({"path":"/health","follow_redirects":true,"certificate_warn_days":14})"),
        catalog->specs()[0]->config_json);
    CPPUNIT_ASSERT_EQUAL(std::string("metrics"), catalog->probes().at("metrics")->name());
    CPPUNIT_ASSERT(build("  []\n")->specs().empty());
  }

  void takes_over_what_did_not_change() {
    const Built before = build(kTwo);
    const Built after = build(
        "- {name: metrics, plugin: metrics_pull, every: 60s}\n"
        "- {name: health, plugin: http_health, every: 10s, config: {path: /healthz}}\n"
        "- {name: third, plugin: http_health}\n",
        &*before);
    CPPUNIT_ASSERT_MESSAGE(text_of(after), after.has_value());
    CPPUNIT_ASSERT(after->specs()[0] == before->specs()[1]);
    CPPUNIT_ASSERT(after->probes().at("metrics") == before->probes().at("metrics"));
    CPPUNIT_ASSERT(after->specs()[1] != before->specs()[0]);
    CPPUNIT_ASSERT(after->probes().at("health") != before->probes().at("health"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, after->probes().size());
    // A default that is written out is no change.
    const Built same = build(
        "- {name: health, plugin: http_health, every: 10s, config: {path: /health}}\n", &*before);
    CPPUNIT_ASSERT(same->specs()[0] == before->specs()[0]);
  }

  void every_fault_is_named_with_its_place() {
    const std::string text =
        text_of(build("- {name: a, plugin: http_helth}\n"
                      "- {name: b, plugin: http_health, config: {paht: /x}}\n"
                      "- {name: c, plugin: metrics_pull, config: {path: 7}}\n"));
    CPPUNIT_ASSERT_MESSAGE(text, text.find(":3:21: plugin: unknown plugin \"http_helth\", did you "
                                           "mean \"http_health\"?\n") != std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(text, text.find(":4:43: unknown key \"paht\"") != std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(text, text.find(":5:50: path: ") != std::string::npos);
  }

  void what_a_plugin_refuses_is_a_fault() {
    const Built refused = build("- {name: a, plugin: misbehaving, config: {refuse: true}}\n",
                                only_plugin("misbehaving"), nullptr);
    const std::string text = text_of(refused);
    CPPUNIT_ASSERT_MESSAGE(text,
                           text.find("probe \"a\": /refuse: asked to refuse") != std::string::npos);
  }

  void names_plugins_that_it_cannot_use() {
    const fs::path plugins = only_plugin("newer_abi");
    folder_.write("plugins/text.so", "not a library");
    const Built catalog = build("  []\n", plugins, nullptr);
    CPPUNIT_ASSERT_MESSAGE(text_of(catalog), catalog.has_value());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, catalog->plugins().size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, catalog->plugins().refused().size());
    CPPUNIT_ASSERT(
        catalog->plugins().refused()[0].starts_with("newer_abi.so: built for probe ABI"));
    CPPUNIT_ASSERT_EQUAL(std::string("text.so: not an ELF file"), catalog->plugins().refused()[1]);
  }

  void a_refused_plugin_is_tried_again_when_it_has_changed() {
    const fs::path plugins = only_plugin("newer_abi");
    const Built before = build("  []\n", plugins, nullptr);
    const std::string why = before->plugins().refused().at(0);
    Wall unable(clock_, "/none/muster-probe-host", {});
    const Built after = build("  []\n", plugins, &*before, unable);
    CPPUNIT_ASSERT_EQUAL(why, after->plugins().refused().at(0));
    // What stands behind the last section of an ELF file means nothing to anybody.
    std::ofstream(plugins / "newer_abi.so", std::ios::app) << "changed";
    const Built changed = build("  []\n", plugins, &*after, unable);
    const std::string tried = changed->plugins().refused().at(0);
    CPPUNIT_ASSERT_MESSAGE(tried, tried.starts_with("newer_abi.so: could not be started"));
  }

  void what_was_our_own_fault_is_tried_again() {
    const fs::path plugins = only_plugin("newer_abi");
    Wall unable(clock_, "/none/muster-probe-host", {});
    const Built before = build("  []\n", plugins, nullptr, unable);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, before->plugins().refused().size());
    const Built after = build("  []\n", plugins, &*before);
    CPPUNIT_ASSERT(after->plugins().refused().at(0).find("probe ABI") != std::string::npos);
  }

  void says_between_plugins_that_it_is_alive() {
    const fs::path plugins = only_plugin("newer_abi");
    folder_.write("plugins/text.so", "not a library");
    int said = 0;
    const auto settings = load_settings(
        folder_.write("muster.yaml", "plugins: {directory: " + plugins.string() + "}\n"));
    CPPUNIT_ASSERT(
        ProbeCatalog::build(*settings, clock_, wall_, nullptr, [&said] { ++said; }).has_value());
    CPPUNIT_ASSERT(said >= 2);
  }

  void a_missing_plugin_directory_is_a_fault() {
    const Built refused = build("  []\n", folder_.path() / "none", nullptr);
    CPPUNIT_ASSERT(text_of(refused).find("plugins.directory: ") != std::string::npos);
  }

  // Some are comments until a user takes the # away; they have to be right then.
  void the_samples_are_right() {
    std::size_t samples = 0;
    for (const auto& entry : fs::directory_iterator(MUSTER_SOURCE_DIR "/etc/probes.d")) {
      const Built catalog = build(uncommented(entry.path()));
      CPPUNIT_ASSERT_MESSAGE(entry.path().string() + ": " + text_of(catalog), catalog.has_value());
      CPPUNIT_ASSERT_MESSAGE(entry.path().string(), !catalog->specs().empty());
      ++samples;
    }
    CPPUNIT_ASSERT(samples >= 4);
  }

  // What stands below "probes:".
  static std::string uncommented(const fs::path& file) {
    std::string text;
    bool begun = false;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      if (begun) text += (line.starts_with('#') ? line.substr(1) : line) + "\n";
      begun = begun || line == "probes:" || line == "probes: []";
    }
    return text;
  }

  fs::path only_plugin(const std::string& name) {
    fs::create_directories(folder_.path() / "plugins");
    fs::copy_file(fs::path(MUSTER_BUILD_DIR "/tests/plugins") / (name + ".so"),
                  folder_.path() / "plugins" / (name + ".so"));
    return folder_.path() / "plugins";
  }

  const test::TempDir folder_;
  const SystemClock clock_;
  Wall wall_{clock_, MUSTER_BUILD_DIR "/bin/muster-probe-host", {}};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeCatalogTest);
}  // namespace muster
