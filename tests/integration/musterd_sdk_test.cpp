// The SDK as a third party has it: installed into a prefix, and nothing else of Muster's tree. What
// is built with it there is loaded by musterd and asks a server.
#include <filesystem>

#include "tests/integration/musterd_suite.h"

namespace muster {
using namespace test;
namespace fs = std::filesystem;

class MusterdSdkTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdSdkTest);
  CPPUNIT_TEST(a_new_plugin_is_built_installed_and_asks_a_server);
  CPPUNIT_TEST(a_plugin_in_c_needs_a_compiler_and_pkg_config_alone);
  CPPUNIT_TEST(plugins_are_asked_about_without_a_configuration_to_read);
  CPPUNIT_TEST(an_installation_keeps_the_configuration_that_is_there);
  CPPUNIT_TEST_SUITE_END();

 public:
  // As somebody's machine has it: the prefix holds the SDK, and `plugins` what musterd loads.
  void setUp() override {
    run("cmake", {"--install", MUSTER_BUILD_DIR, "--component", "sdk", "--prefix", prefix()});
  }

 private:
  // A compiler takes its time on a busy machine.
  static constexpr std::chrono::minutes kBuildPatience{2};

  std::string prefix() const { return home_.path() / "usr"; }
  std::string in_home(const std::string& name) const { return home_.path() / name; }

  static std::string run(const std::string& program, std::vector<std::string> arguments,
                         const ChildProcess::Environment& environment = {}) {
    ChildProcess process(program, std::move(arguments), environment);
    const auto code = process.wait_exit(kBuildPatience);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(process.output(), 0, code.value_or(-1));
    return process.output();
  }

  fs::path find_in_prefix(const std::string& name) const {
    for (const auto& entry : fs::recursive_directory_iterator(prefix())) {
      if (entry.path().filename() == name) return entry.path();
    }
    CPPUNIT_FAIL(name + " was not installed");
    return {};
  }

  // What musterd with these plugins says of a server that answers `ok`.
  static ApiAnswer watched(const fs::path& plugins, const std::string& probe) {
    const StateFolder state;
    Daemon daemon(state.path(), {probe, "", plugins});
    daemon.start();
    const ChangingServer server([](const std::string&) { return answer_with(200, "all is well"); });
    return daemon.add_server("one", server.url());
  }

  void a_new_plugin_is_built_installed_and_asks_a_server() {
    const std::string source = in_home("door"), build = in_home("door-build");
    run(kMusterdProgram, {"plugin", "new", "door_probe", source});
    run("cmake", {"-S", source, "-B", build, "-DCMAKE_PREFIX_PATH=" + prefix()});
    run("cmake", {"--build", build});
    run("ctest", {"--test-dir", build, "--output-on-failure"});
    run("cmake", {"--install", build});
    const fs::path plugins = prefix() + "/lib/muster/plugins";
    assert_exports_only_its_entry(plugins / "muster_probe_door_probe.so");
    const ApiAnswer server = watched(
        plugins,
        "- {name: door, plugin: door_probe, every: 1s, timeout: 1s, config: {expect: well}}\n");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(server.body, std::string("ok"), server.text("check.status"));
    assert_contains(server.body, "door_probe_body_bytes");
  }

  void a_plugin_in_c_needs_a_compiler_and_pkg_config_alone() {
    const std::string source = in_home("c");
    fs::copy(find_in_prefix("c_probe.c").parent_path(), source);
    const ChildProcess::Environment environment{
        {"PKG_CONFIG_PATH", find_in_prefix("muster-probe.pc").parent_path()},
        {"PKG_CONFIG_LIBDIR", "/nowhere"}};
    run("make", {"-C", source}, environment);
    run("make", {"-C", source, "install"}, environment);
    const fs::path plugins = prefix() + "/lib/muster/plugins";
    assert_exports_only_its_entry(plugins / "muster_probe_c_probe.so");
    const ApiAnswer server =
        watched(plugins, "- {name: c, plugin: c_probe, every: 1s, timeout: 1s}\n");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(server.body, std::string("ok"), server.text("check.status"));
  }

  static void assert_exports_only_its_entry(const fs::path& library) {
    const std::string symbols = run("nm", {"-D", "--defined-only", "--format=posix", library});
    CPPUNIT_ASSERT_MESSAGE(symbols, symbols.starts_with("muster_plugin_v1 T"));
    CPPUNIT_ASSERT_MESSAGE(symbols, symbols.find('\n') == symbols.size() - 1);
  }

  // The configuration names a file with a secret that is not there, and no database runs.
  void plugins_are_asked_about_without_a_configuration_to_read() {
    const std::string config =
        home_.write("muster.yaml", "plugins: {directory: " + kOurPlugins +
                                       "}\ndatabase: {url: {file: /nowhere}}\n");
    assert_contains(run(kMusterdProgram, {"--config", config, "plugin", "list"}), "http_health 1.");
    assert_contains(run(kMusterdProgram, {"--config", config, "plugin", "describe", "http_health"}),
                    "  path: text, default /health\n");
  }

  void an_installation_keeps_the_configuration_that_is_there() {
    const std::vector<std::string> install{"--install", MUSTER_BUILD_DIR, "--component",
                                           "muster",    "--prefix",       prefix()};
    run("cmake", install);
    CPPUNIT_ASSERT(fs::exists(prefix() + "/etc/muster/probes.d/10-health.yaml"));
    const std::string config = home_.write(
        "usr/etc/muster/muster.yaml",
        "plugins: {directory: " + prefix() + "/lib/muster/plugins}\ndatabase: {pool: 3}\n");
    assert_contains(run("cmake", install), "Kept: " + config);
    const std::string checked =
        run(prefix() + "/bin/musterd", {"--check-config", "--config", config});
    assert_contains(checked, "no faults, ");
    CPPUNIT_ASSERT(fs::exists(prefix() + "/bin/muster-shim"));
  }

  const TempDir home_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdSdkTest);
}  // namespace muster
