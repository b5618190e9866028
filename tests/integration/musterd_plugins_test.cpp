// What lies in the plugin directory: the good load, the bad are named, and nothing else happens.
#include <filesystem>
#include <fstream>

#include "tests/integration/musterd_suite.h"

namespace muster {
using namespace test;
namespace fs = std::filesystem;

class MusterdPluginsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdPluginsTest);
  CPPUNIT_TEST(names_the_bad_and_uses_the_good);
  CPPUNIT_TEST(checking_names_the_bad_too);
  CPPUNIT_TEST(an_unknown_plugin_is_a_fault_of_its_line);
  CPPUNIT_TEST(a_probe_that_needs_a_bad_plugin_is_a_fault);
  CPPUNIT_TEST(a_wrong_config_is_a_fault_of_its_line);
  CPPUNIT_TEST(a_missing_directory_is_a_fault);
  CPPUNIT_TEST_SUITE_END();

  struct PluginFolder {
    TempDir folder;

    PluginFolder() {
      add("muster_probe_http_health.so", kOurPlugins + "/muster_probe_http_health.so");
      add("newer.so", MUSTER_BUILD_DIR "/tests/plugins/newer_abi.so");
      add("foreign.so", MUSTER_BUILD_DIR "/tests/plugins/no_symbol.so");
      folder.write("text.so", "not a library");
      folder.write("empty.so", "");
      const fs::path cut = folder.path() / "muster_probe_metrics_pull.so";
      add(cut.filename(), kOurPlugins + "/muster_probe_metrics_pull.so");
      fs::resize_file(cut, fs::file_size(cut) / 2);
    }

    void add(const std::string& name, const fs::path& from) const {
      fs::copy_file(from, folder.path() / name);
    }
  };

  static void assert_each_bad_one_is_named(const std::string& text) {
    assert_contains(text, "muster_probe_metrics_pull.so: the file is truncated");
    assert_contains(text, "foreign.so: not a probe plugin");
    assert_contains(text, "newer.so: built for probe ABI 1.999");
    assert_contains(text, "text.so: not an ELF file");
    assert_contains(text, "empty.so: not an ELF file");
    CPPUNIT_ASSERT(text.find("http_health.so: ") == std::string::npos);
  }

  // Exit code and output of --check-config with these lines behind the plugin directory's.
  static std::pair<int, std::string> check(const fs::path& plugins, const std::string& yaml) {
    const TempDir files;
    const auto file =
        files.write("muster.yaml", "plugins: {directory: " + plugins.string() + "}\n" + yaml);
    ChildProcess musterd(kMusterdProgram, {"--check-config", "--config", file});
    const auto code = musterd.wait_exit(kPatience);
    return {code.value_or(-1), musterd.output()};
  }

  void names_the_bad_and_uses_the_good() {
    const PluginFolder plugins;
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe, "", plugins.folder.path()});
    daemon.start();
    assert_each_bad_one_is_named(daemon.log());
    ChangingServer server;
    CPPUNIT_ASSERT_EQUAL(std::string("ok"),
                         daemon.add_server("one", server.url()).text("check.status"));
  }

  void checking_names_the_bad_too() {
    const PluginFolder plugins;
    const auto [code, output] = check(plugins.folder.path(), "probes:\n" + kHealthProbe);
    CPPUNIT_ASSERT_EQUAL(0, code);
    assert_each_bad_one_is_named(output);
  }

  void an_unknown_plugin_is_a_fault_of_its_line() {
    const auto [code, output] =
        check(kOurPlugins, "probes:\n- name: one\n  plugin: http_helth\n- {name: b, plugin: x}\n");
    CPPUNIT_ASSERT_EQUAL(78, code);
    assert_contains(output,
                    "muster.yaml:4:11: plugin: unknown plugin \"http_helth\", did you mean "
                    "\"http_health\"?\n");
    assert_contains(output,
                    "muster.yaml:5:21: plugin: unknown plugin \"x\"; loaded: "
                    "dns, exec, http, http_health, icmp, metrics_pull, mysql, postgres, "
                    "prometheus_pull, redis, tcp, tls\n");
  }

  void a_probe_that_needs_a_bad_plugin_is_a_fault() {
    const PluginFolder plugins;
    const auto [code, output] =
        check(plugins.folder.path(), "probes:\n- {name: one, plugin: metrics_pull}\n");
    CPPUNIT_ASSERT_EQUAL(78, code);
    assert_contains(output, "muster.yaml:3:23: plugin: unknown plugin \"metrics_pull\"");
  }

  void a_wrong_config_is_a_fault_of_its_line() {
    const auto [code, output] = check(
        kOurPlugins, "probes:\n- name: one\n  plugin: http_health\n  config:\n    paht: /x\n");
    CPPUNIT_ASSERT_EQUAL(78, code);
    assert_contains(output, "muster.yaml:6:5: unknown key \"paht\", did you mean \"path\"?\n");
  }

  void a_missing_directory_is_a_fault() {
    const auto [code, output] = check("/nonexistent", "");
    CPPUNIT_ASSERT_EQUAL(78, code);
    assert_contains(output, "plugins.directory: /nonexistent: No such file or directory");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdPluginsTest);
}  // namespace muster
